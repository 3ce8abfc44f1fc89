import type { ExtendParams, ExtendResult } from '@broadside/core'
import type { Connection } from './connection.js'
import { controlOf, requireJob } from './job-row.js'
import { findLease, markStarted, putOffEnd } from './lease.js'

export function extend(db: Connection, { jobId, token, leaseUntil, startedThrough }: ExtendParams): ExtendResult {
  const job = requireJob(db, jobId)
  markStarted(db, job.key, { token, startedThrough })
  putOffEnd(db, job.key, { token, leaseUntil })
  return { held: findLease(db, job.key, token) !== undefined, control: controlOf(job) }
}
