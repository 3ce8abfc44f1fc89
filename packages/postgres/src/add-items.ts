import type { AddItemsParams, AddItemsResult } from '@broadside/core'
import { type IdentityHash, identityHash } from './identity-hash.js'
import { addIngestErrors } from './ingest-errors.js'
import { insertItems } from './insert-items.js'
import { applyChange, JobChange } from './job-change.js'
import { type JobRow, lockJob, requireJob } from './job-row.js'
import { callOnce } from './once.js'
import { addRange, growRange, newRange } from './ranges.js'
import type { Session } from './session.js'

export interface AddItemsOptions {
  readonly hash?: IdentityHash | undefined
}

export async function addItems(
  session: Session,
  params: AddItemsParams,
  { hash = identityHash }: AddItemsOptions = {},
): Promise<AddItemsResult> {
  const { answer, replayed } = await callOnce(session, {
    once: params.once,
    call: () => ingest(session, params, hash),
    isDone: ({ refused }) => refused === undefined,
  })
  return replayed ? { ...answer, replayed } : answer
}

async function ingest(session: Session, params: AddItemsParams, hash: IdentityHash): Promise<AddItemsResult> {
  const { jobId, items, rejected = {}, duplicateCode } = params
  const job = requireJob(await lockJob(session, jobId), jobId)
  if (job.status !== 'created') return { added: 0, duplicates: [], refused: job.status }
  const { seqs, duplicates } = await insertItems(session, { job: job.key, items, nextSeq: job.nextSeq, hash })
  await addIngestErrors(session, job.key, [...Object.entries(rejected), [duplicateCode, duplicates.length]])
  await applyChange(session, changeBy(job, seqs), { now: 0 })
  return { added: seqs.length, duplicates }
}

/** Before it is run, a job has one range of all that was added, and none before the first. */
function changeBy(job: JobRow, seqs: readonly number[]): JobChange {
  const change = new JobChange(job)
  const [firstSeq, lastSeq] = [seqs[0], seqs.at(-1)]
  if (firstSeq === undefined || lastSeq === undefined) return change
  const added = seqs.length
  change.counters.received += added
  change.counters.pending += added
  change.nextSeq = lastSeq + 1
  if (job.nextSeq > 0) change.also(growRange(job.key, { from: job.nextSeq - 1, lastSeq, added }))
  else change.also(addRange(job.key, newRange({ firstSeq, lastSeq, open: added })))
  return change
}
