import { type CloseJobParams, FRESH_FREE, type TransitionResult } from '@broadside/core'
import { toNullable } from './column-text.js'
import { applyChange, JobChange } from './job-change.js'
import { recordOf } from './job-record.js'
import { lockJob } from './job-row.js'
import { callOnce } from './once.js'
import type { Session, Sql } from './session.js'
import { refusal } from './transition-job.js'

export async function closeJob(session: Session, params: CloseJobParams): Promise<TransitionResult> {
  const call = () => close(session, params)
  return (await callOnce(session, { once: params.once, call, isDone: ({ applied }) => applied })).answer
}

/** Moves the counts of what is open and not in flight; the items themselves read as closed from here on. */
export async function close(session: Session, params: CloseJobParams): Promise<TransitionResult> {
  const { jobId, from, to, closedAs, code, now } = params
  const job = await lockJob(session, jobId)
  if (job?.status !== from) return refusal(session, job)
  await session.run(CLOSE, job.key, closedAs, toNullable(code))
  const change = new JobChange({ ...job, closedAs, closedCode: code })
  const closed = job.pending - job.inFlight
  change.counters.pending -= closed
  change.count(FRESH_FREE, closed)
  await applyChange(session, change, { now, status: to })
  return { applied: true, job: await recordOf(session, job), completed: false }
}

const CLOSE: Sql = (s) => `update ${s}.jobs set closed_as = $2, closed_code = $3 where key = $1`
