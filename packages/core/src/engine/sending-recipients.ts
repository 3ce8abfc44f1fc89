import type { AudienceSource } from '../audience/audience-source.js'
import { describeIssues, readInput } from '../domain/input.js'
import { entryOfMember, entryOfRecipient, type RecipientEntry } from '../domain/recipient-entry.js'
import { BroadsideError, isBroadsideError } from '../model/error.js'
import type { IngestCode } from '../model/ingest.js'
import type { ItemStatus } from '../model/item.js'
import { type Member, memberSchema } from '../model/member.js'
import type { Recipient } from '../model/recipient.js'
import type { SendingDefinition } from '../model/sending.js'
import { thrownReason } from '../model/thrown-reason.js'
import type { Storage } from '../storage/storage.js'
import { orAbort } from './or-abort.js'
import { sendingsOf } from './sending-info.js'

/** Somebody a sending goes to, or why not. */
export type FoundRecipient =
  | { readonly ok: true; readonly entry: RecipientEntry }
  | { readonly ok: false; readonly code: IngestCode; readonly reason: string }

export interface RecipientPorts {
  readonly storage: Storage
  readonly audienceSource: AudienceSource | undefined
}

export interface RecipientsOf {
  readonly sendingId: string
  readonly definition: SendingDefinition
  /** Ends it at once, also while the source is silent. */
  readonly signal: AbortSignal
}

/** Members are looked up so many at a time. */
const LOOKED_UP_AT_ONCE = 50
const ITEMS_AT_ONCE = 1_000
/** What became of those who did not get it. Who may have got it (`uncertain`) is not among them. */
const UNREACHED: readonly ItemStatus[] = ['error', 'skipped', 'cancelled', 'expired']

/**
 * Everybody a sending goes to: inline recipients first, so that of the same person in both they win, then the audience. Holds a few at a time.
 *
 * @throws BroadsideError `AUDIENCE_SOURCE_FAILED` for a fault of the source that may pass; any other says that the sending is impossible.
 */
export async function* recipientsOf(params: RecipientsOf, ports: RecipientPorts): AsyncGenerator<FoundRecipient, void> {
  const { definition, signal } = params
  const { recipients = [], audience, unreachedOf } = definition
  for (let at = 0; at < recipients.length; at += LOOKED_UP_AT_ONCE) {
    const some = recipients.slice(at, at + LOOKED_UP_AT_ONCE)
    yield* await Promise.all(some.map((recipient) => inlineRecipient(recipient, params, ports)))
  }
  if (audience !== undefined) {
    const source = requireSource(params.sendingId, ports)
    yield* membersOf(() => source.resolve(audience, { signal }), params)
  }
  if (unreachedOf !== undefined) yield* unreachedRecipients(unreachedOf, params, ports.storage)
}

async function inlineRecipient(
  recipient: Recipient,
  params: RecipientsOf,
  ports: RecipientPorts,
): Promise<FoundRecipient> {
  const { member_id } = recipient
  if (member_id === undefined) return { ok: true, entry: entryOfRecipient(recipient) }
  const { signal, sendingId } = params
  const source = requireSource(sendingId, ports)
  if (source.member === undefined) throw noSource(sendingId)
  const asked = async (): Promise<unknown> => source.member?.(String(member_id), { signal })
  const member = await orAbort(asked(), signal).catch((cause: unknown) => {
    throw sourceFailed(sendingId, cause)
  })
  // Nobody knows that member: an item that says so, with no address, tells more than a count.
  if (member === undefined || member === null) return { ok: true, entry: entryOfRecipient(recipient) }
  const read = readMember(member)
  return read.ok ? { ok: true, entry: entryOfRecipient(recipient, read.member) } : read
}

async function* membersOf(
  open: () => AsyncIterable<unknown> | Iterable<unknown>,
  { sendingId, signal }: RecipientsOf,
): AsyncGenerator<FoundRecipient, void> {
  let source: AsyncIterator<unknown> | Iterator<unknown> | undefined
  let isOpen = true
  try {
    for (;;) {
      let next: IteratorResult<unknown>
      try {
        source ??= iteratorOf(open())
        next = await orAbort(Promise.resolve(source.next()), signal)
      } catch (cause) {
        isOpen = signal.aborted
        throw sourceFailed(sendingId, cause)
      }
      if (next.done) {
        isOpen = false
        return
      }
      const read = readMember(next.value)
      yield read.ok ? { ok: true, entry: entryOfMember(read.member) } : read
    }
  } finally {
    // Not waited for: a stream that hangs in `next` would never get to it.
    if (isOpen) void Promise.resolve(source?.return?.()).catch(() => undefined)
  }
}

function iteratorOf(members: AsyncIterable<unknown> | Iterable<unknown>): AsyncIterator<unknown> | Iterator<unknown> {
  const given: unknown = members
  if (Array.isArray(given)) return given[Symbol.iterator]()
  if (typeof given === 'object' && given !== null) {
    if (Symbol.asyncIterator in members) return members[Symbol.asyncIterator]()
    if (Symbol.iterator in members) return members[Symbol.iterator]()
  }
  const kind = given instanceof Promise ? 'a promise' : given === null ? 'null' : typeof given
  throw new TypeError(
    `resolve has to give back its members one after the other, as an array or a generator does, and gave ${kind}`,
  )
}

function readMember(
  member: unknown,
):
  | { readonly ok: true; readonly member: Member }
  | { readonly ok: false; readonly code: IngestCode; readonly reason: string } {
  const read = readInput(memberSchema, member)
  if (read.ok) return { ok: true, member: read.data }
  return { ok: false, code: 'INVALID_USER', reason: describeIssues(read.issues, 'member') }
}

/** The items of another sending that did not go out. Its items keep what they were ingested with. */
async function* unreachedRecipients(
  otherId: string,
  { sendingId, signal }: RecipientsOf,
  storage: Storage,
): AsyncGenerator<FoundRecipient, void> {
  const other = await sendingsOf(storage).getSending(otherId)
  if (other?.jobId === undefined) {
    throw new BroadsideError(
      'SENDING_NOT_FOUND',
      `Sending ${sendingId} goes to those who did not get sending ${otherId}, which does not exist (any more), or was never prepared.`,
      { sendingId },
    )
  }
  for (let after: number | undefined, more = true; more; ) {
    signal.throwIfAborted()
    const page = await storage.listItems({ jobId: other.jobId, after, limit: ITEMS_AT_ONCE, statuses: UNREACHED })
    for (const { payload } of page.items) yield { ok: true, entry: JSON.parse(payload) as RecipientEntry }
    after = page.next
    more = after !== undefined
  }
}

function requireSource(sendingId: string, { audienceSource }: RecipientPorts): AudienceSource {
  if (audienceSource === undefined) throw noSource(sendingId)
  return audienceSource
}

function noSource(sendingId: string): BroadsideError {
  return new BroadsideError(
    'AUDIENCE_SOURCE_MISSING',
    `Sending ${sendingId} has an audience, or recipients by member_id, and this engine has no audienceSource that knows them.`,
    { sendingId },
  )
}

/** What the source says by a `BroadsideError` stands; anything else may pass. */
export function sourceFailed(sendingId: string, cause: unknown): BroadsideError {
  if (isBroadsideError(cause)) return cause
  return new BroadsideError(
    'AUDIENCE_SOURCE_FAILED',
    `The audience source failed for sending ${sendingId}: ${thrownReason(cause)}`,
    { sendingId, cause },
  )
}
