import { type DeleteJobParams, isTerminal, type TransitionResult } from '@broadside/core'
import { recordOf } from './job-record.js'
import { lockJob } from './job-row.js'
import type { Session, Sql } from './session.js'
import { refusal } from './transition-job.js'

export async function deleteJob(session: Session, { jobId }: DeleteJobParams): Promise<TransitionResult> {
  const job = await lockJob(session, jobId)
  if (!job || !isTerminal(job.status) || job.inFlight > 0) return refusal(session, job)
  const record = await recordOf(session, job)
  await session.run(BURY, job.key)
  await session.run(DELETE, job.key)
  return { applied: true, job: record, completed: false }
}

/** What is left of it is found by its key and removed bit by bit: see `sweep`. */
const BURY: Sql = (s) => `insert into ${s}.graves (job) values ($1)`
const DELETE: Sql = (s) => `delete from ${s}.jobs where key = $1`
