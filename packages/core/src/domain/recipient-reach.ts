import type { Recipient } from '../model/recipient.js'
import { addressOn } from './address-book.js'
import { usableChannels } from './channel-choice.js'

export interface ReachParams {
  readonly channel?: string | undefined
  readonly channels?: readonly string[] | undefined
  readonly channelsPreference?: readonly string[] | undefined
  readonly recipients?: readonly Recipient[] | undefined
}

/**
 * Indexes of inline recipients that no channel of a sending has an address for. Members are not among them (their addresses are the
 * host's to know), and nobody is where the sending names no channel.
 */
export function unreachableRecipients({
  channel,
  channels,
  channelsPreference,
  recipients = [],
}: ReachParams): number[] {
  const offered = channels ?? (channel === undefined ? undefined : [channel])
  if (offered === undefined) return []
  return recipients.flatMap((recipient, index) => {
    if (recipient.member_id !== undefined) return []
    const usable = usableChannels({ channels: offered, preference: recipient.channelsPreference ?? channelsPreference })
    return usable.some((one) => addressOn({ to: recipient }, one) !== undefined) ? [] : [index]
  })
}
