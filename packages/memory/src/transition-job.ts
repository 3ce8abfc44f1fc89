import type { TransitionJobParams, TransitionResult } from '@broadside/core'
import { frozenJson } from './frozen-json.js'
import { completeIfDone, type JobState, recordOf, setStatus } from './job-state.js'
import { callOnce } from './once.js'
import { type Store, trackStatus } from './store.js'

export function transitionJob(store: Store, params: TransitionJobParams): TransitionResult {
  const { once } = params
  return callOnce(store, { once, call: () => transition(store, params), isDone: ({ applied }) => applied }).answer
}

function transition(store: Store, { jobId, from, to, now, set }: TransitionJobParams): TransitionResult {
  const job = store.jobs.get(jobId)
  if (job?.status !== from) return refusal(job)
  applyFields(job, set ?? {})
  setStatus(job, to, now)
  const completed = completeIfDone(job, now)
  trackStatus(store, job)
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
