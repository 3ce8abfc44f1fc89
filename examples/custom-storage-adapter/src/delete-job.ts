import { type DeleteJobParams, isTerminal, type TransitionResult } from '@broadside/core'
import { findJob } from './find-job.js'
import { KEYS } from './keys.js'
import { refusal } from './refusal.js'
import type { Tx } from './tx.js'

/** From now on nobody finds the job; what stands under its number is swept later. */
export async function deleteJob(tx: Tx, { jobId }: DeleteJobParams): Promise<TransitionResult> {
  const job = await findJob(tx, jobId)
  if (!job || !isTerminal(job.status) || job.inFlight > 0) return refusal(tx, job)
  tx.del(KEYS.jobId(job.id))
  tx.del(KEYS.newestJob(job.createdAt, job.id))
  tx.put(KEYS.grave(job.key), 1)
  return { applied: true, completed: false }
}
