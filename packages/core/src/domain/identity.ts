import type { InputIssue } from '../model/error.js'
import { isPlainText } from '../model/plain-text.js'
import type { IngestUser } from '../model/user.js'
import { type DomainToAscii, type ParsedAddress, parseEmail, parsePhone, parsePushToken } from './address.js'
import { ADDRESS_KINDS, type AddressKind, addressesOf, isBlank } from './address-book.js'

/** Who an ingested user is. */
export interface Identity {
  /** `kind:value`, under which duplicates meet; `undefined` when nothing identifies the user. */
  readonly identity: string | undefined
  /** The recipient id it was given, if any. */
  readonly recipient: string | undefined
}

export type IdentityResult =
  | { readonly ok: true; readonly value: Identity }
  | { readonly ok: false; readonly issue: InputIssue }

const MAX_ID_LENGTH = 512

/**
 * The identity of a user: the first present of `recipient`, `to.user_id`, `to.member_id` (as `user:`), e-mail, phone, push token.
 * Every address that is present has to be well-formed, also one that does not serve as identity.
 */
export function identityOf(user: IngestUser, domainToAscii: DomainToAscii): IdentityResult {
  const given = givenId(user)
  const flaw = given === undefined ? undefined : flawOfId(given.value)
  if (given !== undefined && flaw !== undefined) return { ok: false, issue: { path: given.path, message: flaw } }
  const recipient = given === undefined ? undefined : String(given.value)
  let identity = recipient === undefined ? undefined : `user:${recipient}`
  for (const kind of ADDRESS_KINDS) {
    for (const { path, value } of addressesOf(user, kind)) {
      const parsed = parseAddress(kind, value, domainToAscii)
      if (parsed === undefined) return { ok: false, issue: { path, message: MALFORMED[kind] } }
      identity ??= `${kind}:${parsed.key}`
    }
  }
  return { ok: true, value: { identity, recipient } }
}

const MALFORMED: Readonly<Record<AddressKind, string>> = {
  email: 'is not an e-mail address',
  phone: 'is not a phone number: 3 to 15 digits, with + or 00 in front or not',
  push: 'is not a push token: visible text of at most 4096 characters',
}

function parseAddress(kind: AddressKind, value: unknown, domainToAscii: DomainToAscii): ParsedAddress | undefined {
  if (typeof value !== 'string' && !(kind === 'phone' && isWholeNumber(value))) return undefined
  const text = String(value)
  if (kind === 'email') return parseEmail(text, domainToAscii)
  return kind === 'phone' ? parsePhone(text) : parsePushToken(text)
}

function isWholeNumber(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0
}

type Id = string | number | undefined

interface IdField {
  readonly path: string[]
  read(user: IngestUser): Id
}

const ID_FIELDS: readonly IdField[] = [
  { path: ['recipient'], read: (user) => user.recipient },
  { path: ['to', 'user_id'], read: (user) => user.to?.user_id },
  { path: ['to', 'member_id'], read: (user) => user.to?.member_id },
]

function givenId(user: IngestUser): { readonly value: Id; readonly path: string[] } | undefined {
  for (const { path, read } of ID_FIELDS) {
    const value = read(user)
    if (!isBlank(value)) return { value, path }
  }
  return undefined
}

function flawOfId(id: Id): string | undefined {
  // Beyond 2^53 neighbours become the same number, so one of two people would be taken for a duplicate.
  if (Number.isInteger(id) && !Number.isSafeInteger(id))
    return 'must be given as text: numbers this large are not exact'
  const text = String(id)
  const isFine = text.length <= MAX_ID_LENGTH && isPlainText(text)
  return isFine ? undefined : `must be text of at most ${MAX_ID_LENGTH} characters, none of them a control character`
}
