import type { ExtendParams, ExtendResult } from '@broadside/core'
import { controlOf, lockJob, requireJob } from './job-row.js'
import { extendLease } from './lease.js'
import type { Session } from './session.js'

export async function extend(session: Session, params: ExtendParams): Promise<ExtendResult> {
  const job = requireJob(await lockJob(session, params.jobId), params.jobId)
  return { held: await extendLease(session, job.key, params), control: controlOf(job) }
}
