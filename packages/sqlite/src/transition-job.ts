import type { TransitionJobParams, TransitionResult, WaveDue } from '@broadside/core'
import type { Connection } from './connection.js'
import { applyChange, JobChange } from './job-change.js'
import { recordOf } from './job-record.js'
import { findJob, type JobRow } from './job-row.js'
import { callOnce } from './once.js'
import { giveInstants } from './ranges.js'
import { inOneStep, type Steps } from './steps.js'
import type { Tables } from './tables.js'

export function* transitionJob(db: Connection, params: TransitionJobParams): Steps<TransitionResult> {
  const call = () => inOneStep(() => transition(db, params))
  return (yield* callOnce(db, { once: params.once, call, isDone: ({ applied }) => applied })).answer
}

/** `waves` gives instants to waves of the job. */
export function transition(
  db: Connection,
  { jobId, from, to, now, set, waves }: TransitionJobParams & { readonly waves?: readonly WaveDue[] | undefined },
): TransitionResult {
  const job = findJob(db, jobId)
  if (job?.status !== from) return refusal(db, job)
  setFields(db, job, set ?? {})
  giveInstants(db, job.key, waves)
  const { completed } = applyChange(db, new JobChange(job), { now, status: to })
  return { applied: true, job: recordOf(db, job), completed }
}

/** The answer to a change of a job that is not in the status it was to be changed from, or is not there. */
export function refusal(db: Connection, job: JobRow | undefined): TransitionResult {
  return { applied: false, job: job && recordOf(db, job), completed: false }
}

function setFields(db: Connection, { key }: JobRow, set: NonNullable<TransitionJobParams['set']>): void {
  const { runNo, startedAt, channels, prepared } = set
  if (runNo !== undefined || startedAt !== undefined || channels !== undefined) {
    db.run(SET_FIELDS, runNo ?? null, startedAt ?? null, channels ? JSON.stringify(channels) : null, key)
  }
  if (prepared !== undefined) db.run(SET_PREPARED, JSON.stringify(prepared), key)
}

const SET_FIELDS = ({ jobs }: Tables) => `
  update ${jobs} set run_no = coalesce(?, run_no), started_at = coalesce(?, started_at), channels = coalesce(?, channels)
  where key = ?`
const SET_PREPARED = ({ contents }: Tables) => `update ${contents} set prepared = ? where job = ?`
