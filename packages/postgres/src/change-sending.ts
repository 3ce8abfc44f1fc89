import {
  type ChangeSendingParams,
  type JobStatus,
  type OwnedJobStep,
  type SendingChange,
  sendingAfterJob,
  type TransitionResult,
} from '@broadside/core'
import { close } from './close-job.js'
import { insertJob } from './create-job.js'
import { lockJob } from './job-row.js'
import { callOnce } from './once.js'
import { revise } from './revise-items.js'
import { lockSending, replaceSending } from './sending-row.js'
import type { Session } from './session.js'
import { transition } from './transition-job.js'

export async function changeSending(session: Session, params: ChangeSendingParams): Promise<SendingChange> {
  const call = () => change(session, params)
  return (await callOnce(session, { once: params.once, call, isDone: ({ applied }) => applied })).answer
}

async function change(session: Session, params: ChangeSendingParams): Promise<SendingChange> {
  const { sending, job: step, now } = params
  const found = await lockOwnedJob(session, params)
  const before = await lockSending(session, sending.id)
  if (before?.version !== sending.version) return { applied: false, sending: before }
  const stepped = step && (await takeStep(session, { jobId: sending.jobId, step, now }))
  // A step that is refused has written nothing.
  if (stepped?.applied === false) return { applied: false, sending: before, job: stepped }
  const job = stepped?.job ?? found
  const next = { ...sending, version: before.version + 1 }
  // Whatever the step has made of the sending as it was before, it is replaced as a whole.
  const after = await replaceSending(session, job ? sendingAfterJob(next, job, now) : next)
  return { applied: true, sending: after, job: stepped }
}

/**
 * Whoever completes a job has its lock when it comes to the sending's: in the same order nobody waits for what another holds who waits. A
 * change that is to be transmitting must know whether the job is completed; most others leave the job alone, and to those that need it.
 */
async function lockOwnedJob(
  session: Session,
  { sending: { jobId, status }, job: step }: ChangeSendingParams,
): Promise<{ readonly status: JobStatus } | undefined> {
  if (jobId === undefined || (step === undefined && status !== 'transmitting')) return undefined
  return lockJob(session, jobId)
}

interface StepParams {
  readonly jobId: string | undefined
  readonly step: OwnedJobStep
  readonly now: number
}

const NO_JOB: TransitionResult = { applied: false, completed: false }

async function takeStep(
  session: Session,
  { jobId, step, now }: StepParams,
): Promise<NonNullable<SendingChange['job']>> {
  if (step.type === 'create') return { applied: true, job: await insertJob(session, step.job), completed: false }
  if (jobId === undefined) return NO_JOB
  switch (step.type) {
    case 'transition':
      return transition(session, { ...step, jobId, now })
    case 'close':
      return close(session, { ...step, jobId, now })
    case 'revise':
      return revise(session, { ...step, jobId, now })
  }
}
