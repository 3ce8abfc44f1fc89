import type { JobStatus } from '../model/job.js'
import { JOB_TRANSITIONS } from './job-transitions.js'
import { nextStatus } from './transition-table.js'

/**
 * The status of a job after a change to it or to its items: a job that is going out and has no open item left is done.
 * Storage applies this in the transaction that made the change, so that completion is reported exactly once a run.
 */
export function statusAfterChange(status: JobStatus, pending: number): JobStatus {
  if (pending > 0) return status
  return nextStatus(JOB_TRANSITIONS, status, 'lastItemSettled') ?? status
}
