import type { InputIssue } from '../model/error.js'
import type { IngestCode, IngestError } from '../model/ingest.js'
import { thrownReason } from '../model/thrown-reason.js'
import { addresseeSchema, type IngestUser, ingestUserSchema } from '../model/user.js'
import type { NewItem } from '../storage/item-record.js'
import type { DomainToAscii } from './address.js'
import { identityOf } from './identity.js'
import { readInput } from './input.js'

/** What reading one entry takes from outside. */
export interface IngestPorts {
  readonly domainToAscii: DomainToAscii
  readonly messageId: () => string
  readonly recipientId: () => string
  /** Entries whose JSON is longer (in characters) are turned away. */
  readonly maxPayloadLength: number
}

export type EntryPlan =
  | { readonly ok: true; readonly item: NewItem }
  | { readonly ok: false; readonly code: Exclude<IngestCode, 'DUPLICATE_USER'>; readonly issues: readonly InputIssue[] }

/**
 * Reads one entry. What is checked is what is stored: the entry's JSON, without the fields that are `null`. So getters, `toJSON` and later
 * changes to the object make no difference. Never throws, whatever the entry is.
 */
export function planEntry(entry: unknown, ports: IngestPorts): EntryPlan {
  const { payload, flaw } = toJson(entry)
  if (payload === undefined) return refuse('INVALID_USER', [], flaw)
  if (payload.length > ports.maxPayloadLength) {
    return refuse(
      'PAYLOAD_TOO_LARGE',
      [],
      `has a JSON of ${payload.length} characters; at most ${ports.maxPayloadLength} are taken`,
    )
  }
  const given = JSON.parse(payload) as Readonly<Record<string, unknown>>
  const user = MAY_HAVE_NULLS.test(payload) ? withoutNulls(given) : given
  const read = readInput(ingestUserSchema, user)
  if (!read.ok) return { ok: false, code: 'INVALID_USER', issues: read.issues }
  return planUser(user as IngestUser, user === given ? payload : JSON.stringify(user), ports)
}

function planUser(user: IngestUser, payload: string, ports: IngestPorts): EntryPlan {
  const found = identityOf(user, ports.domainToAscii)
  if (!found.ok) {
    const isAddress =
      found.issue.path[0] === 'profile' ||
      (found.issue.path[0] === 'to' && !String(found.issue.path[1]).endsWith('_id'))
    return { ok: false, code: isAddress ? 'INVALID_ADDRESS' : 'INVALID_USER', issues: [found.issue] }
  }
  const recipient = found.value.recipient ?? ports.recipientId()
  const identity = found.value.identity ?? `generated:${recipient}`
  return { ok: true, item: { identity, recipient, messageId: ports.messageId(), payload } }
}

/** Turns a refusal into what the caller sees. */
export function ingestError(plan: EntryPlan & { ok: false }, user: unknown, index: number): IngestError {
  const error = plan.issues.map(({ path, message }) => [path.join('.') || 'user', message].join(' ')).join('; ')
  return { error, code: plan.code, user, index, issues: plan.issues }
}

export function duplicateError(user: unknown, index: number): IngestError {
  return { error: 'Duplicate user', code: 'DUPLICATE_USER', user, index }
}

function refuse(code: Exclude<IngestCode, 'DUPLICATE_USER'>, path: string[], message: string): EntryPlan {
  return { ok: false, code, issues: [{ path, message }] }
}

type EntryJson =
  | { readonly payload: string; readonly flaw?: never }
  | { readonly payload?: never; readonly flaw: string }

function toJson(entry: unknown): EntryJson {
  try {
    if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return { flaw: 'is not an object' }
    const payload: unknown = JSON.stringify(entry)
    return typeof payload === 'string' && payload.startsWith('{') ? { payload } : { flaw: 'is not an object as JSON' }
  } catch (error) {
    return { flaw: `cannot be written as JSON: ${thrownReason(error)}` }
  }
}

/** As JSON writes a field that is `null`; a text may say so too. */
const MAY_HAVE_NULLS = /:null/
const USER_FIELDS = Object.keys(ingestUserSchema.shape)
const ADDRESSEE_FIELDS = Object.keys(addresseeSchema.shape)

/** Exports and typed clients write `null` for a field that is not there. */
function withoutNulls(user: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const rest = omitNulls(user, USER_FIELDS)
  const to = Object.hasOwn(rest, 'to') && isRecord(rest.to) ? omitNulls(rest.to, ADDRESSEE_FIELDS) : rest.to
  return to === rest.to ? rest : { ...rest, to }
}

function omitNulls(
  bag: Readonly<Record<string, unknown>>,
  fields: readonly string[],
): Readonly<Record<string, unknown>> {
  const isMissing = (field: string): boolean => Object.hasOwn(bag, field) && bag[field] === null
  if (!fields.some(isMissing)) return bag
  return Object.fromEntries(Object.entries(bag).filter(([key]) => !(fields.includes(key) && isMissing(key))))
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
