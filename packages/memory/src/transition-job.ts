import type { TransitionJobParams, TransitionResult, WaveDue } from '@broadside/core'
import { afterChange } from './after-change.js'
import { frozenJson } from './frozen-json.js'
import { type JobState, recordOf, setStatus } from './job-state.js'
import { callOnce } from './once.js'
import type { Store } from './store.js'
import { setDue } from './waves.js'

export function transitionJob(store: Store, params: TransitionJobParams): TransitionResult {
  const { once } = params
  return callOnce(store, { once, call: () => transition(store, params), isDone: ({ applied }) => applied }).answer
}

export interface TransitionParams extends TransitionJobParams {
  readonly waves?: readonly WaveDue[] | undefined
}

export function transition(store: Store, { jobId, from, to, now, set, waves }: TransitionParams): TransitionResult {
  const job = store.jobs.get(jobId)
  if (job?.status !== from) return refusal(job)
  applyFields(job, set ?? {})
  setStatus(job, to, now)
  setDue(job.waves, waves)
  const completed = afterChange(store, job, now)
  store.listeners.notify()
  return { applied: true, job: recordOf(job), completed }
}

/** The answer to a change of a job that is not in the status it was to be changed from, or is not there. */
export function refusal(job: JobState | undefined): TransitionResult {
  return { applied: false, job: job && recordOf(job), completed: false }
}

function applyFields(job: JobState, set: NonNullable<TransitionJobParams['set']>): void {
  if (set.runNo !== undefined) job.runNo = set.runNo
  if (set.startedAt !== undefined) job.startedAt = set.startedAt
  if (set.channels !== undefined) job.channels = frozenJson(set.channels)
  if (set.prepared !== undefined) job.prepared = frozenJson(set.prepared)
}
