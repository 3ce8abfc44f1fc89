import { type DeleteJobParams, isTerminal, type TransitionResult } from '@broadside/core'
import type { Connection } from './connection.js'
import { recordOf } from './job-record.js'
import { findJob } from './job-row.js'
import type { Tables } from './tables.js'
import { refusal } from './transition-job.js'

export function deleteJob(db: Connection, { jobId }: DeleteJobParams): TransitionResult {
  const job = findJob(db, jobId)
  if (!job || !isTerminal(job.status) || job.inFlight > 0) return refusal(db, job)
  const record = recordOf(db, job)
  db.run(BURY, job.key)
  db.run(DELETE, job.key)
  return { applied: true, job: record, completed: false }
}

/** What is left of it is found by its key and removed bit by bit: see `sweep`. */
const BURY = ({ graves }: Tables) => `insert into ${graves} (job) values (?)`
const DELETE = ({ jobs }: Tables) => `delete from ${jobs} where key = ?`
