import type { InputIssue } from '../model/error.js'
import type { IngestCode, IngestError } from '../model/ingest.js'
import { type IngestUser, ingestUserSchema } from '../model/user.js'
import type { NewItem } from '../storage/item-record.js'
import type { DomainToAscii } from './address.js'
import { identityOf } from './identity.js'

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
 * Reads one entry. What is checked is what is stored: the entry's JSON. So getters, `toJSON` and later changes to the object make no difference.
 */
export function planEntry(entry: unknown, ports: IngestPorts): EntryPlan {
  const payload = toJson(entry)
  if (payload === undefined) return refuse('INVALID_USER', [], 'is not a JSON object')
  if (payload.length > ports.maxPayloadLength) {
    return refuse(
      'PAYLOAD_TOO_LARGE',
      [],
      `its JSON has ${payload.length} characters; at most ${ports.maxPayloadLength} are taken`,
    )
  }
  const user: unknown = JSON.parse(payload)
  const issues = shapeIssues(user)
  if (issues.length > 0) return { ok: false, code: 'INVALID_USER', issues }
  return planUser(user as IngestUser, payload, ports)
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

function toJson(entry: unknown): string | undefined {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return undefined
  try {
    const text: unknown = JSON.stringify(entry)
    return typeof text === 'string' && text.startsWith('{') ? text : undefined
  } catch {
    return undefined // a cycle, a BigInt, a throwing getter
  }
}

function shapeIssues(user: unknown): InputIssue[] {
  const parsed = ingestUserSchema.safeParse(user)
  if (parsed.success) return []
  return parsed.error.issues.map(({ path, message }) => ({
    path: path.map((key) => (typeof key === 'number' ? key : String(key))),
    message,
  }))
}
