import type { AddItemsParams, AddItemsResult, NewItem } from '@broadside/core'
import { toColumn } from './column-text.js'
import type { Connection } from './connection.js'
import { registerIdentities } from './identities.js'
import { type IdentityHash, identityHash } from './identity-hash.js'
import { addIngestErrors } from './ingest-errors.js'
import { applyChange, JobChange } from './job-change.js'
import { type JobRow, requireJob } from './job-row.js'
import { callOnce } from './once.js'
import { growRange } from './ranges.js'
import { forEachInSteps, type Steps } from './steps.js'
import type { Tables } from './tables.js'

/** `hash` is another one in tests only, to make identities meet. */
export function* addItems(
  db: Connection,
  params: AddItemsParams,
  hash: IdentityHash = identityHash,
): Steps<AddItemsResult> {
  const { answer, replayed } = yield* callOnce(db, {
    once: params.once,
    call: () => ingest(db, params, hash),
    isDone: ({ refused }) => refused === undefined,
  })
  return replayed ? { ...answer, replayed } : answer
}

function* ingest(db: Connection, params: AddItemsParams, hash: IdentityHash): Steps<AddItemsResult> {
  const { items, rejected = {}, duplicateCode } = params
  const job = requireJob(db, params.jobId)
  if (job.status !== 'created') return { added: 0, duplicates: [], refused: job.status }
  const duplicates = yield* registerIdentities(db, { job: job.key, items, firstSeq: job.received, hash })
  const known = new Set(duplicates)
  const added = yield* insertItems(db, job, known.size === 0 ? items : items.filter((_, index) => !known.has(index)))
  addIngestErrors(db, job.key, [...Object.entries(rejected), [duplicateCode, duplicates.length]])
  const change = new JobChange(job)
  change.counters.received += added
  change.counters.pending += added
  // A job that is being ingested stays `created`: there is no instant of a change to keep.
  applyChange(db, change, { now: 0 })
  return { added, duplicates }
}

/** Items have consecutive `seq`s, from 0 on: what was received so far is the next one. */
function* insertItems(db: Connection, job: JobRow, items: readonly NewItem[]): Steps<number> {
  yield* forEachInSteps(items, ({ identity, recipient, messageId, payload }, index) => {
    const texts = [toColumn(identity), toColumn(recipient), toColumn(messageId), toColumn(payload)] as const
    db.run(INSERT, job.key, job.received + index, ...texts)
  })
  if (items.length > 0) growRange(db, { job: job.key, firstSeq: job.received, added: items.length })
  return items.length
}

const INSERT = ({ items }: Tables) =>
  `insert into ${items} (job, seq, identity, recipient, message_id, payload) values (?, ?, ?, ?, ?, ?)`
