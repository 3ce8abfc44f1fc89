import type { ExtendResult, GiveBackParams } from '@broadside/core'
import { applyChange, JobChange } from './job-change.js'
import { controlOf, lockJob, requireJob } from './job-row.js'
import { findLease } from './lease.js'
import { releaseLease } from './release-lease.js'
import type { Session } from './session.js'

export async function giveBack(session: Session, params: GiveBackParams): Promise<ExtendResult> {
  const { jobId, token, now, notBefore } = params
  const job = requireJob(await lockJob(session, jobId), jobId)
  const lease = await findLease(session, job.key, token)
  if (!lease) return { held: false, control: controlOf(job) }
  const change = new JobChange(job)
  await releaseLease(session, { lease, change, notBefore, maxClaim: lease.maxClaim, fromSeq: 0 })
  return { held: true, control: controlOf((await applyChange(session, change, { now })).job) }
}
