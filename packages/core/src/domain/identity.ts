import type { InputIssue } from '../model/error.js'
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
  if (given !== undefined && !isUsableId(given.id)) {
    return {
      ok: false,
      issue: { path: given.path, message: `must be visible text of at most ${MAX_ID_LENGTH} characters` },
    }
  }
  let identity = given === undefined ? undefined : `user:${given.id}`
  for (const kind of ADDRESS_KINDS) {
    for (const { path, value } of addressesOf(user, kind)) {
      const parsed = parseAddress(kind, value, domainToAscii)
      if (parsed === undefined) return { ok: false, issue: { path, message: MALFORMED[kind] } }
      identity ??= `${kind}:${parsed.key}`
    }
  }
  return { ok: true, value: { identity, recipient: given?.id } }
}

const MALFORMED: Readonly<Record<AddressKind, string>> = {
  email: 'is not an e-mail address',
  phone: 'is not a phone number: 3 to 15 digits, with + or 00 in front or not',
  push: 'is not a push token: visible text of at most 4096 characters',
}

function parseAddress(kind: AddressKind, value: unknown, domainToAscii: DomainToAscii): ParsedAddress | undefined {
  if (typeof value !== 'string' && !(kind === 'phone' && typeof value === 'number')) return undefined
  const text = String(value)
  if (kind === 'email') return parseEmail(text, domainToAscii)
  return kind === 'phone' ? parsePhone(text) : parsePushToken(text)
}

function givenId(user: IngestUser): { readonly id: string; readonly path: string[] } | undefined {
  const candidates: [unknown, string[]][] = [
    [user.recipient, ['recipient']],
    [user.to?.user_id, ['to', 'user_id']],
    [user.to?.member_id, ['to', 'member_id']],
  ]
  for (const [value, path] of candidates) {
    if (!isBlank(value)) return { id: String(value), path }
  }
  return undefined
}

/** Text that every database stores and compares as it is: no control characters (NUL among them), no half of a surrogate pair. */
function isUsableId(id: string): boolean {
  return id.length <= MAX_ID_LENGTH && id.isWellFormed() && !/\p{Cc}/u.test(id)
}
