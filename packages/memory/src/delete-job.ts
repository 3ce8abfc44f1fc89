import { type DeleteJobParams, isTerminal, type TransitionResult } from '@broadside/core'
import { recordOf } from './job-state.js'
import type { Store } from './store.js'
import { refusal } from './transition-job.js'

export function deleteJob(store: Store, { jobId }: DeleteJobParams): TransitionResult {
  const job = store.jobs.get(jobId)
  if (!job || !isTerminal(job.status) || job.inFlight > 0) return refusal(job)
  store.jobs.delete(jobId)
  store.order.remove(job)
  store.deleted.push(job)
  return { applied: true, job: recordOf(job), completed: false }
}
