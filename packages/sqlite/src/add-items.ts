import type { AddItemsParams, AddItemsResult, NewItem } from '@broadside/core'
import { toColumn } from './column-text.js'
import type { Connection } from './connection.js'
import type { ColumnValue } from './driver.js'
import { registerIdentities } from './identities.js'
import { type IdentityHash, identityHash } from './identity-hash.js'
import { addIngestErrors } from './ingest-errors.js'
import { applyChange, JobChange } from './job-change.js'
import { requireJob } from './job-row.js'
import { callOnce } from './once.js'
import { allotSeqs, type NextSeqs, nextSeqs } from './places.js'
import { giveInstants, growRange } from './ranges.js'
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
  const { items, into = ['created'], waves, rejected = {}, duplicateCode } = params
  const job = requireJob(db, params.jobId)
  if (!into.includes(job.status)) return { added: 0, duplicates: [], refused: job.status }
  const next = nextSeqs(db, job.key, items)
  const leftOut = yield* registerIdentities(db, { job: job.key, items, next, hash })
  yield* insertItems(db, job.key, { items, next, leftOut })
  giveInstants(db, job.key, waves)
  addIngestErrors(db, job.key, [...Object.entries(rejected), [duplicateCode, leftOut.size]])
  const added = items.length - leftOut.size
  const change = new JobChange(job)
  change.counters.received += added
  change.counters.pending += added
  // A job that takes items in keeps its status: there is no instant of a change to keep.
  applyChange(db, change, { now: 0 })
  return { added, duplicates: [...leftOut].sort((a, b) => a - b) }
}

interface InsertParams {
  readonly items: readonly NewItem[]
  readonly next: NextSeqs
  readonly leftOut: ReadonlySet<number>
}

function* insertItems(db: Connection, job: number, { items, next, leftOut }: InsertParams): Steps<void> {
  const seqs = allotSeqs(items, next, leftOut)
  const rows = items.flatMap((item, index) => (leftOut.has(index) ? [] : [{ item, seq: seqs[index] ?? 0 }]))
  for (let at = 0; at < rows.length; at += SEVERAL) {
    const several = rows.slice(at, at + SEVERAL).map(({ item, seq }) => rowOf(item, seq))
    if (several.length === SEVERAL) db.run(INSERT_SEVERAL, job, ...several.flat())
    else for (const row of several) db.run(INSERT, job, ...row)
    yield
  }
  for (const [wave, firstSeq] of next) {
    const added = rows.reduce((count, { item }) => ((item.wave ?? 0) === wave ? count + 1 : count), 0)
    if (added > 0) growRange(db, { job, firstSeq, added })
  }
}

function rowOf({ identity, recipient, messageId, payload, also }: NewItem, seq: number): ColumnValue[] {
  const texts = [toColumn(identity), toColumn(recipient), toColumn(messageId), toColumn(payload)]
  return [seq, ...texts, also?.length ? JSON.stringify(also) : null]
}

const INSERT_SEVERAL = ({ items }: Tables) => `
  insert into ${items} (job, seq, identity, recipient, message_id, payload, also)
  select ?, column1, column2, column3, column4, column5, column6 from ${severalRows(6)}`
const INSERT = ({ items }: Tables) =>
  `insert into ${items} (job, seq, identity, recipient, message_id, payload, also) values (?, ?, ?, ?, ?, ?, ?)`
