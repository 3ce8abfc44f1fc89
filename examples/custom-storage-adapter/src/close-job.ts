import { type CloseJobParams, FRESH_FREE, type TransitionResult } from '@broadside/core'
import { findJob, jobRecord } from './find-job.js'
import { JobChange } from './job-change.js'
import { refusal } from './refusal.js'
import type { Tx } from './tx.js'

/** One update, whatever the size of the job: no item is written, and what no lease covers reads as closed from now on. */
export async function closeJob(tx: Tx, params: CloseJobParams): Promise<TransitionResult> {
  const { jobId, from, to, closedAs, code, now } = params
  const job = await findJob(tx, jobId)
  if (job?.status !== from) return refusal(tx, job)
  const change = new JobChange(job)
  const closed = job.counters.pending - job.inFlight
  job.counters.pending -= closed
  job.closedAs = closedAs
  job.closedCode = code
  change.move(undefined, FRESH_FREE, closed) // as they read from now on
  await change.write(tx, now, to)
  return { applied: true, completed: false, job: await jobRecord(tx, job) }
}
