import type { AddressBook } from '../model/user.js'
import { type DomainToAscii, parseEmail, parsePhone, parsePushToken } from './address.js'
import { addressOn } from './address-book.js'

/**
 * What makes an address unique in a sending: `address:<channel>:<normalised address>`. However it is written, nobody gets a sending twice on one
 * channel.
 */
export function addressKey(channel: string, address: string, domainToAscii: DomainToAscii): string {
  return `address:${channel}:${normalised(channel, address, domainToAscii) ?? address.trim()}`
}

/** The keys of all addresses that somebody has on these channels. */
export function addressKeysOn(
  user: AddressBook,
  channels: readonly string[],
  domainToAscii: DomainToAscii,
): readonly string[] {
  return channels.flatMap((channel) => {
    const address = addressOn(user, channel)
    return address === undefined ? [] : [addressKey(channel, address, domainToAscii)]
  })
}

function normalised(channel: string, address: string, domainToAscii: DomainToAscii): string | undefined {
  switch (channel) {
    case 'email':
      return parseEmail(address, domainToAscii)?.key
    case 'sms':
      return parsePhone(address)?.key
    case 'push':
      return parsePushToken(address)?.key
    default:
      return undefined
  }
}
