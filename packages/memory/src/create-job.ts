import { BroadsideError, type CreateJobParams, type JobRecord, type NewJob } from '@broadside/core'
import { newJobState, recordOf } from './job-state.js'
import { callOnce } from './once.js'
import type { Store } from './store.js'

export function createJob(store: Store, { job, once }: CreateJobParams): JobRecord {
  return callOnce(store, { once, call: () => insertJob(store, job), isDone: () => true }).answer
}

export function insertJob(store: Store, newJob: NewJob): JobRecord {
  if (store.jobs.has(newJob.id)) {
    throw new BroadsideError('STORAGE_FAILED', `There is a job "${newJob.id}" already: ids are used once.`, {
      jobId: newJob.id,
    })
  }
  const job = newJobState(newJob, store.leases)
  store.jobs.set(job.id, job)
  store.order.add(job)
  return recordOf(job)
}
