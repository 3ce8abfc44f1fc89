import type { AddItemsParams, AddItemsResult, NewItem } from '@broadside/core'
import { toColumn } from './column-text.js'
import type { Connection } from './connection.js'
import type { ColumnValue } from './driver.js'
import { registerIdentities } from './identities.js'
import { type IdentityHash, identityHash } from './identity-hash.js'
import { addIngestErrors } from './ingest-errors.js'
import { applyChange, JobChange } from './job-change.js'
import { type JobRow, requireJob } from './job-row.js'
import { callOnce } from './once.js'
import { growRange } from './ranges.js'
import { SEVERAL, severalRows } from './several-rows.js'
import type { Steps } from './steps.js'
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
  for (let at = 0; at < items.length; at += SEVERAL) {
    const rows = items.slice(at, at + SEVERAL).map((item, index) => rowOf(item, job.received + at + index))
    if (rows.length === SEVERAL) db.run(INSERT_SEVERAL, job.key, ...rows.flat())
    else for (const row of rows) db.run(INSERT, job.key, ...row)
    yield
  }
  if (items.length > 0) growRange(db, { job: job.key, firstSeq: job.received, added: items.length })
  return items.length
}

function rowOf({ identity, recipient, messageId, payload }: NewItem, seq: number): ColumnValue[] {
  return [seq, toColumn(identity), toColumn(recipient), toColumn(messageId), toColumn(payload)]
}

const INSERT_SEVERAL = ({ items }: Tables) => `
  insert into ${items} (job, seq, identity, recipient, message_id, payload)
  select ?, column1, column2, column3, column4, column5 from ${severalRows(5)}`
const INSERT = ({ items }: Tables) =>
  `insert into ${items} (job, seq, identity, recipient, message_id, payload) values (?, ?, ?, ?, ?, ?)`
