import type { JobStatus } from '../model/job.js'
import type { TransitionTable } from './transition-table.js'

export type JobEvent = 'ingest' | 'run' | 'pause' | 'resume' | 'cancel' | 'fail' | 'lastItemSettled' | 'retryFailed'

/** Every transition of a job; see `docs/lifecycle.md`. Deleting is for terminal jobs: {@link isTerminal}. */
export const JOB_TRANSITIONS: TransitionTable<JobStatus, JobEvent> = {
  created: { ingest: 'created', run: 'processing', cancel: 'cancelled' },
  processing: { pause: 'paused', cancel: 'cancelled', fail: 'failed', lastItemSettled: 'completed' },
  paused: { resume: 'processing', cancel: 'cancelled' },
  completed: { retryFailed: 'processing' },
  cancelled: {},
  failed: {},
}

/** True once nothing more will go out, short of `retryFailed`; only such jobs can be deleted. */
export function isTerminal(status: JobStatus): boolean {
  return status === 'completed' || status === 'cancelled' || status === 'failed'
}
