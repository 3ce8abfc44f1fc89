import { type ChangeSendingParams, type SendingChange, type SendingRecord, sendingAfterJob } from '@broadside/core'
import { callOnce } from './once.js'
import { takeStep } from './owned-job-step.js'
import type { Store } from './store.js'

export function changeSending(store: Store, params: ChangeSendingParams): SendingChange {
  const { once } = params
  return callOnce(store, { once, call: () => change(store, params), isDone: ({ applied }) => applied }).answer
}

function change(store: Store, { sending, job: step, now }: ChangeSendingParams): SendingChange {
  const before = store.sendings.get(sending.id)
  if (before?.version !== sending.version) return { applied: false, sending: before && { ...before } }
  const stepped = step && takeStep(store, { jobId: sending.jobId, step, now })
  if (stepped?.applied === false) return { applied: false, sending: { ...before }, job: stepped }
  // Whatever the step has made of the sending as it was before, it is replaced as a whole.
  const kept = store.sendings.put(afterJob(store, { ...sending, version: before.version + 1 }, now))
  store.listeners.notify()
  return { applied: true, sending: { ...kept }, job: stepped }
}

function afterJob(store: Store, sending: SendingRecord, now: number): SendingRecord {
  const job = sending.jobId === undefined ? undefined : store.jobs.get(sending.jobId)
  return job ? sendingAfterJob(sending, job, now) : sending
}
