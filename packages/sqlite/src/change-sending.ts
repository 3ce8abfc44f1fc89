import {
  type ChangeSendingParams,
  type OwnedJobStep,
  type SendingChange,
  type SendingRecord,
  sendingAfterJob,
  type TransitionResult,
} from '@broadside/core'
import { close } from './close-job.js'
import type { Connection } from './connection.js'
import { insertJob } from './create-job.js'
import { findJob } from './job-row.js'
import { callOnce } from './once.js'
import { revise } from './revise-items.js'
import { findSending, replaceSending } from './sending-row.js'
import type { Steps } from './steps.js'
import { transition } from './transition-job.js'

export function* changeSending(db: Connection, params: ChangeSendingParams): Steps<SendingChange> {
  const call = () => change(db, params)
  return (yield* callOnce(db, { once: params.once, call, isDone: ({ applied }) => applied })).answer
}

function* change(db: Connection, { sending, job: step, now }: ChangeSendingParams): Steps<SendingChange> {
  const before = findSending(db, sending.id)
  if (before?.version !== sending.version) return { applied: false, sending: before }
  const stepped = step && (yield* takeStep(db, { jobId: sending.jobId, step, now }))
  if (stepped?.applied === false) return { applied: false, sending: before, job: stepped }
  // Whatever the step has made of the sending as it was before, it is replaced as a whole.
  const after = afterJob(db, { ...sending, version: before.version + 1 }, now)
  replaceSending(db, after)
  return { applied: true, sending: after, job: stepped }
}

interface StepParams {
  readonly jobId: string | undefined
  readonly step: OwnedJobStep
  readonly now: number
}

const NO_JOB: TransitionResult = { applied: false, completed: false }

function* takeStep(db: Connection, { jobId, step, now }: StepParams): Steps<NonNullable<SendingChange['job']>> {
  if (step.type === 'create') return { applied: true, job: insertJob(db, step.job), completed: false }
  if (jobId === undefined) return NO_JOB
  switch (step.type) {
    case 'transition':
      return transition(db, { ...step, jobId, now })
    case 'close':
      return close(db, { ...step, jobId, now })
    case 'revise':
      return yield* revise(db, { ...step, jobId, now })
  }
}

function afterJob(db: Connection, sending: SendingRecord, now: number): SendingRecord {
  const job = sending.jobId === undefined ? undefined : findJob(db, sending.jobId)
  return job ? sendingAfterJob(sending, job, now) : sending
}
