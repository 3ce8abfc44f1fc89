import type { TransitionResult } from '@broadside/core'
import { jobRecord } from './find-job.js'
import type { JobRow } from './job-row.js'
import type { Tx } from './tx.js'

/** The answer to a change of a job that is not in the status for it; the job as it stands, where there is one. */
export async function refusal(tx: Tx, job: JobRow | undefined): Promise<TransitionResult> {
  const refused = { applied: false, completed: false }
  return job ? { ...refused, job: await jobRecord(tx, job) } : refused
}
