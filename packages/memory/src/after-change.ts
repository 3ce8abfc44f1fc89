import { completeIfDone, type JobState } from './job-state.js'
import { completeSending } from './sending-completion.js'
import { type Store, trackStatus } from './store.js'

/** To be called after every change of a job; true when the change has completed it. */
export function afterChange(store: Store, job: JobState, now: number): boolean {
  const completed = completeIfDone(job, now)
  trackStatus(store, job)
  if (completed) completeSending(store, job, now)
  return completed
}
