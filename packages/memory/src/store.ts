import { BroadsideError } from '@broadside/core'
import { Heap } from './heap.js'
import { JobOrder } from './job-order.js'
import type { JobState } from './job-state.js'
import type { LeaseState } from './lease-state.js'
import type { Mark } from './marks.js'
import type { KeptAnswer } from './once.js'
import { SendingTable } from './sending-table.js'
import { WakeListeners } from './wake-listeners.js'

/** Everything that one memory storage holds. */
export interface Store {
  readonly jobs: Map<string, JobState>
  readonly order: JobOrder
  readonly sendings: SendingTable
  /** Jobs in status `processing`: the only ones that have something to claim. */
  readonly processing: Set<JobState>
  /** Leases that are held, of all jobs. */
  readonly leases: Set<LeaseState>
  /** Deleted jobs that `sweep` has not emptied yet. */
  readonly deleted: JobState[]
  readonly answers: Map<string, KeptAnswer>
  /** The same answers by `keepUntil`, and those whose key has been used again since. */
  readonly answersByEnd: Heap<KeptAnswer>
  readonly marks: Map<string, Mark>
  readonly listeners: WakeListeners
}

export function newStore(): Store {
  return {
    jobs: new Map(),
    order: new JobOrder(),
    sendings: new SendingTable(),
    processing: new Set(),
    leases: new Set(),
    deleted: [],
    answers: new Map(),
    answersByEnd: new Heap((a, b) => a.keepUntil < b.keepUntil),
    marks: new Map(),
    listeners: new WakeListeners(),
  }
}

/** To be called after a change of a job's status. */
export function trackStatus(store: Store, job: JobState): void {
  if (job.status === 'processing') store.processing.add(job)
  else store.processing.delete(job)
}

export function requireJob(store: Store, jobId: string): JobState {
  const job = store.jobs.get(jobId)
  if (!job)
    throw new BroadsideError('JOB_NOT_FOUND', `There is no job "${jobId}": it was deleted, or its id is wrong.`, {
      jobId,
    })
  return job
}
