import type { CloseJobParams, TransitionResult } from '@broadside/core'
import { type JobState, recordOf, setStatus } from './job-state.js'
import { openItemsOf } from './lease-end.js'
import { callOnce } from './once.js'
import { type Store, trackStatus } from './store.js'
import { refusal } from './transition-job.js'

export function closeJob(store: Store, params: CloseJobParams): TransitionResult {
  const { once } = params
  return callOnce(store, { once, call: () => close(store, params), isDone: ({ applied }) => applied }).answer
}

export function close(store: Store, { jobId, from, to, closedAs, code, now }: CloseJobParams): TransitionResult {
  const job = store.jobs.get(jobId)
  if (job?.status !== from) return refusal(job)
  job.closedAs = closedAs
  job.closedCode = code
  closeOpenItems(job)
  setStatus(job, to, now)
  trackStatus(store, job)
  store.listeners.notify()
  return { applied: true, job: recordOf(job), completed: false }
}

/** Moves the counts of what is open and not in flight; the items themselves read as closed from here on. */
function closeOpenItems(job: JobState): void {
  if (!job.closedAs) return
  const closed = job.counters.pending - job.inFlight
  job.counters.pending -= closed
  job.counters[job.closedAs] += closed
  job.settledCodes.add(job.closedCode, closed)
  job.openCodes.clear()
  for (const lease of job.leases.values()) {
    for (const item of openItemsOf(lease)) job.openCodes.add(item.outcome?.code)
  }
}
