import type { ExtendResult, GiveBackParams } from '@broadside/core'
import type { Connection } from './connection.js'
import { applyChange, JobChange } from './job-change.js'
import { controlOf, requireJob } from './job-row.js'
import { findLease } from './lease.js'
import { releaseLease } from './release-lease.js'
import type { Steps } from './steps.js'

export function* giveBack(db: Connection, { jobId, token, now, notBefore }: GiveBackParams): Steps<ExtendResult> {
  const job = requireJob(db, jobId)
  const lease = findLease(db, job.key, token)
  if (!lease) return { held: false, control: controlOf(job) }
  const change = new JobChange(job)
  yield* releaseLease(db, { lease, change, notBefore, maxClaim: lease.maxClaim, fromSeq: 0 })
  return { held: true, control: controlOf(applyChange(db, change, { now }).job) }
}
