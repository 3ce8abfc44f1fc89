import type { Counters } from './counters.js'
import type { JobStatus } from './job.js'

/** How far a job has come. */
export interface JobProgress {
  readonly jobId: string
  readonly status: JobStatus
  readonly counters: Counters
  readonly inFlight: number
  /** True for the last one of a watch: nothing is open, nothing in flight. */
  readonly isFinal: boolean
}
