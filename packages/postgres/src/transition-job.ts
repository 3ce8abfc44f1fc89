import type { TransitionJobParams, TransitionResult, WaveDue } from '@broadside/core'
import { toColumn } from './column-text.js'
import { applyChange, JobChange } from './job-change.js'
import { recordOf } from './job-record.js'
import { type JobRow, lockJob } from './job-row.js'
import { callOnce } from './once.js'
import { giveInstants } from './ranges.js'
import type { Session, Sql } from './session.js'

export async function transitionJob(session: Session, params: TransitionJobParams): Promise<TransitionResult> {
  const call = () => transition(session, params)
  return (await callOnce(session, { once: params.once, call, isDone: ({ applied }) => applied })).answer
}

/** `waves` gives instants to waves of the job. */
export async function transition(
  session: Session,
  params: TransitionJobParams & { readonly waves?: readonly WaveDue[] | undefined },
): Promise<TransitionResult> {
  const { jobId, from, to, now, set = {}, waves = [] } = params
  const job = await lockJob(session, jobId)
  if (job?.status !== from) return refusal(session, job)
  await setFields(session, job, set)
  const change = new JobChange(job)
  change.also(...giveInstants(job.key, waves))
  const { completed } = await applyChange(session, change, { now, status: to })
  return { applied: true, job: await recordOf(session, job), completed }
}

/** The answer to a change of a job that is not in the status it was to be changed from, or is not there. */
export async function refusal(session: Session, job: JobRow | undefined): Promise<TransitionResult> {
  return { applied: false, job: job && (await recordOf(session, job)), completed: false }
}

async function setFields(
  session: Session,
  { key }: JobRow,
  { runNo, startedAt, channels, prepared }: NonNullable<TransitionJobParams['set']>,
): Promise<void> {
  if (runNo !== undefined || startedAt !== undefined || channels !== undefined) {
    await session.run(SET_FIELDS, key, runNo ?? null, startedAt ?? null, channels?.map(toColumn) ?? null)
  }
  if (prepared !== undefined) await session.run(SET_PREPARED, key, JSON.stringify(prepared))
}

const SET_FIELDS: Sql = (s) => `
  update ${s}.jobs
  set run_no = coalesce($2, run_no), started_at = coalesce($3, started_at), channels = coalesce($4, channels)
  where key = $1`
const SET_PREPARED: Sql = (s) => `update ${s}.contents set prepared = $2 where job = $1`
