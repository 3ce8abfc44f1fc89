import { domainToASCII } from 'node:url'
import { duplicateError, type EntryPlan, type IngestPorts, ingestError, planEntry } from '../domain/ingest-plan.js'
import { refusedTransition } from '../domain/job-transition.js'
import { BroadsideError } from '../model/error.js'
import type { IngestCode, IngestError } from '../model/ingest.js'
import type { NewItem } from '../storage/item-record.js'
import type { Once } from '../storage/once.js'
import type { AddItemsParams, AddItemsResult, MaybePromise } from '../storage/storage.js'
import { hashOf } from './idempotency.js'
import type { Ids } from './ids.js'
import { type Steps, wait } from './maybe-async.js'
import type { Pacer } from './pacer.js'

/** 256 Ki characters: templates and pictures belong into the message, not into each recipient. */
const DEFAULT_MAX_PAYLOAD_LENGTH = 262_144

export function ingestPorts(ids: Ids): IngestPorts {
  return {
    domainToAscii: domainToASCII,
    messageId: () => ids.messageId(),
    recipientId: () => ids.recipientId(),
    maxPayloadLength: DEFAULT_MAX_PAYLOAD_LENGTH,
  }
}

export interface IngestBatch {
  readonly jobId: string
  readonly entries: readonly unknown[]
  /** The place of the first entry in the whole call. */
  readonly firstIndex: number
  /** Makes the batch idempotent; its `requestHash` is what the whole call's hash adds to the batch's own. */
  readonly once?: Once | undefined
}

export interface BatchResult {
  readonly added: number
  /** By index. */
  readonly errors: readonly IngestError[]
}

/** A batch whose entries have been read: the good ones as items, and what was wrong with the others. */
export interface PlannedBatch {
  readonly batch: IngestBatch
  readonly plans: readonly EntryPlan[]
}

/** Reads each entry of a batch. */
export function* planBatch(
  batch: IngestBatch,
  ports: {
    readonly ingest: IngestPorts
    /** Absent where nothing can be waited for. */
    readonly pacer?: Pacer
  },
): Steps<PlannedBatch> {
  const plans: EntryPlan[] = []
  // By index: a sparse array has entries that an iteration by callback passes over.
  for (let i = 0; i < batch.entries.length; i++) {
    plans.push(planEntry(batch.entries[i], ports.ingest))
    if (ports.pacer?.isDue) yield* wait(ports.pacer.breathe())
  }
  return { batch, plans }
}

/** Stores the good entries of a batch in one transaction, and tells about the others. */
export function* storeBatch(
  { batch, plans }: PlannedBatch,
  addItems: (params: AddItemsParams) => MaybePromise<AddItemsResult>,
): Steps<BatchResult> {
  const taken = plans.flatMap((plan, i) => (plan.ok ? [{ item: plan.item, at: i }] : []))
  const items = taken.map(({ item }) => item)
  const answer = yield* wait(
    addItems({
      jobId: batch.jobId,
      items,
      rejected: countByCode(plans),
      duplicateCode: 'DUPLICATE_USER' satisfies IngestCode,
      once: batch.once && { ...batch.once, requestHash: batchHash(batch, items, plans) },
    }),
  )
  if (answer.refused !== undefined) throw refusedTransition({ id: batch.jobId, status: answer.refused }, 'ingest')
  const duplicates = new Set(answer.duplicates.map((index) => taken[index]?.at))
  return { added: answer.added, errors: errorsOf(batch, { plans, duplicates }) }
}

function errorsOf(
  { entries, firstIndex }: IngestBatch,
  { plans, duplicates }: { readonly plans: readonly EntryPlan[]; readonly duplicates: ReadonlySet<number | undefined> },
): IngestError[] {
  const errors: IngestError[] = []
  plans.forEach((plan, i) => {
    if (!plan.ok) errors.push(ingestError(plan, entries[i], firstIndex + i))
    else if (duplicates.has(i)) errors.push(duplicateError(entries[i], firstIndex + i))
  })
  return errors
}

function countByCode(plans: readonly EntryPlan[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const plan of plans) if (!plan.ok) counts[plan.code] = (counts[plan.code] ?? 0) + 1
  return counts
}

/** The same entries give the same hash: what was turned away counts too, ids minted on the way do not. */
function batchHash({ once }: IngestBatch, items: readonly NewItem[], plans: readonly EntryPlan[]): string {
  const refused = JSON.stringify(plans.flatMap((plan, i) => (plan.ok ? [] : [[i, plan.issues]])))
  return hashOf(once?.requestHash ?? '', refused, ...items.map((item) => item.payload))
}

/** @throws BroadsideError `INVALID_INPUT` for something that is no array, iterable or async iterable of users. */
export function entriesOf(users: unknown): {
  readonly entries: Iterable<unknown> | AsyncIterable<unknown>
  readonly isArray: boolean
} {
  if (Array.isArray(users)) return { entries: users, isArray: true }
  if (typeof users === 'object' && users !== null && (Symbol.asyncIterator in users || Symbol.iterator in users)) {
    return { entries: users as Iterable<unknown>, isArray: false }
  }
  throw new BroadsideError(
    'INVALID_INPUT',
    `ingest takes an array, an iterable or an async iterable of users, not ${users === null ? 'null' : typeof users}.`,
    {
      issues: [{ path: [], message: 'must be an array, an iterable or an async iterable' }],
    },
  )
}

export function countErrors(errors: readonly IngestError[]): Partial<Record<IngestCode, number>> {
  const counts: Partial<Record<IngestCode, number>> = {}
  for (const { code } of errors) counts[code] = (counts[code] ?? 0) + 1
  return counts
}
