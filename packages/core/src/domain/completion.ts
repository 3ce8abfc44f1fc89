import type { JobStatus } from '../model/job.js'
import { isTerminal, JOB_TRANSITIONS } from './job-transitions.js'
import { nextStatus } from './transition-table.js'

/**
 * The status of a job after a change to it or to its items: a job that is going out and has no open item left is done.
 * Storage applies this in the transaction that made the change, so that completion is reported exactly once a run.
 */
export function statusAfterChange(status: JobStatus, pending: number): JobStatus {
  if (pending > 0) return status
  return nextStatus(JOB_TRANSITIONS, status, 'lastItemSettled') ?? status
}

export interface JobChangeParams {
  /** As the job was. */
  readonly status: JobStatus
  readonly finishedAt?: number | undefined
  /** Where the call moves it, if it does. */
  readonly to?: JobStatus | undefined
  /** How many items are open after the change. */
  readonly pending: number
  readonly now: number
}

/** How a job stands after a change. */
export interface ChangedJob {
  readonly status: JobStatus
  readonly finishedAt: number | undefined
  /** True for the one change that completed it. */
  readonly completed: boolean
}

/** {@link statusAfterChange}, and what follows from it: `finishedAt` is there exactly while the job is terminal. */
export function jobAfterChange({ status, finishedAt, to, pending, now }: JobChangeParams): ChangedJob {
  const moved = to ?? status
  const next = statusAfterChange(moved, pending)
  const stays = to === undefined && next === status
  return {
    status: next,
    finishedAt: stays ? finishedAt : isTerminal(next) ? now : undefined,
    completed: next === 'completed' && next !== moved,
  }
}
