import { sendingAfterJob } from '@broadside/core'
import type { JobState } from './job-state.js'
import type { Store } from './store.js'

/** To be called after a job has completed: where a sending waits for that, it is done. */
export function completeSending(store: Store, job: JobState, now: number): void {
  const sending = job.ownerId === undefined ? undefined : store.sendings.get(job.ownerId)
  if (sending?.jobId !== job.id) return
  const after = sendingAfterJob(sending, job, now)
  if (after !== sending) store.sendings.put({ ...after, version: sending.version + 1 })
}
