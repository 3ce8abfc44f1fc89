import type { AddItemsParams, AddItemsResult } from '@broadside/core'
import { type IdentityHash, identityHash } from './identity-hash.js'
import { addIngestErrors } from './ingest-errors.js'
import { insertItems } from './insert-items.js'
import { applyChange, JobChange } from './job-change.js'
import { type JobRow, lockJob, requireJob } from './job-row.js'
import { callOnce } from './once.js'
import { growRange } from './ranges.js'
import type { Session, Sql } from './session.js'

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
  await makeClaimable(session, job, seqs)
  await addIngestErrors(session, job.key, [...Object.entries(rejected), [duplicateCode, duplicates.length]])
  const change = new JobChange(job)
  change.counters.received += seqs.length
  change.counters.pending += seqs.length
  await applyChange(session, change, { now: 0 })
  return { added: seqs.length, duplicates }
}

async function makeClaimable(session: Session, job: JobRow, seqs: readonly number[]): Promise<void> {
  const [firstSeq, lastSeq] = [seqs[0], seqs.at(-1)]
  if (firstSeq === undefined || lastSeq === undefined) return
  await growRange(session, job.key, { firstSeq, lastSeq, added: seqs.length })
  await session.run(SET_NEXT_SEQ, job.key, lastSeq + 1)
}

const SET_NEXT_SEQ: Sql = (s) => `update ${s}.jobs set next_seq = $2 where key = $1`
