import { type CloseJobParams, FRESH_FREE, type TransitionResult } from '@broadside/core'
import { toNullable } from './column-text.js'
import type { Connection } from './connection.js'
import { applyChange, JobChange } from './job-change.js'
import { recordOf } from './job-record.js'
import { findJob } from './job-row.js'
import { callOnce } from './once.js'
import { inOneStep, type Steps } from './steps.js'
import type { Tables } from './tables.js'
import { refusal } from './transition-job.js'

export function* closeJob(db: Connection, params: CloseJobParams): Steps<TransitionResult> {
  const call = () => inOneStep(() => close(db, params))
  return (yield* callOnce(db, { once: params.once, call, isDone: ({ applied }) => applied })).answer
}

/** Moves the counts of what is open and not in flight; the items themselves read as closed from here on. */
export function close(db: Connection, { jobId, from, to, closedAs, code, now }: CloseJobParams): TransitionResult {
  const job = findJob(db, jobId)
  if (job?.status !== from) return refusal(db, job)
  db.run(CLOSE, closedAs, toNullable(code), job.key)
  const change = new JobChange({ ...job, closedAs, closedCode: code })
  const closed = job.pending - job.inFlight
  change.counters.pending -= closed
  change.count(FRESH_FREE, closed)
  applyChange(db, change, { now, status: to })
  return { applied: true, job: recordOf(db, job), completed: false }
}

const CLOSE = ({ jobs }: Tables) => `update ${jobs} set closed_as = ?, closed_code = ? where key = ?`
