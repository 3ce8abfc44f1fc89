import { isAddressKey, type Member } from '../model/member.js'
import type { Recipient } from '../model/recipient.js'
import type { Addressee, IngestUser } from '../model/user.js'
import { isBlank } from './address-book.js'

/**
 * A recipient of a sending as its job ingests it. Merge data of the sending is the message's and not repeated here: `data` goes over it.
 */
export interface RecipientEntry extends IngestUser {
  /** As it was given; also a name that no zone has. */
  readonly timeZone?: string | undefined
  /** Selects and orders channels; goes before the sending's. */
  readonly channelsPreference?: readonly string[] | undefined
}

/** A member of the audience as an entry: known by its id, with its own addresses and properties. */
export function entryOfMember(member: Member): RecipientEntry {
  const { id, properties, preferences, channelsPreference, timeZone, locale } = member
  return withoutBlanks({
    to: addresseeOf(member, { member_id: id, locale }),
    data: properties,
    preferences,
    channelsPreference,
    timeZone,
  })
}

/**
 * An inline recipient as an entry.
 *
 * - With a `member_id`, it is the member: known by that id, with the member's addresses, and none of those given inline. Properties are
 *   the member's with the inline ones over them; a time zone, a locale or a channel preference given inline goes before the member's.
 *   A member that nobody knows has no address.
 * - Without one, it is known by its addresses.
 */
export function entryOfRecipient(recipient: Recipient, member?: Member | undefined): RecipientEntry {
  const { member_id, properties, channelsPreference, timeZone, locale } = recipient
  const own = member_id === undefined || member === undefined ? {} : entryOfMember(member)
  const to =
    member_id === undefined
      ? addresseeOf(recipient, { locale })
      : withoutBlanks({ ...own.to, member_id, locale: isBlank(locale) ? own.to?.locale : locale })
  return withoutBlanks({
    ...own,
    to,
    data: own.data && properties ? { ...own.data, ...properties } : (properties ?? own.data),
    channelsPreference: channelsPreference ?? own.channelsPreference,
    timeZone: isBlank(timeZone) ? own.timeZone : timeZone,
  })
}

function addresseeOf(
  person: Readonly<Record<string, unknown>>,
  rest: { readonly member_id?: string | number; readonly locale?: string | null | undefined },
): Addressee {
  const addresses = Object.entries(person).filter(([key]) => isAddressKey(key))
  return withoutBlanks({ ...Object.fromEntries(addresses), ...rest }) as Addressee
}

type Present<T> = { readonly [key in keyof T]: Exclude<T[key], null> }

/** Empty cells of an export are no addresses, and nobody's zone. */
function withoutBlanks<T extends object>(bag: T): Present<T> {
  return Object.fromEntries(Object.entries(bag).filter(([, value]) => !isBlank(value))) as Present<T>
}
