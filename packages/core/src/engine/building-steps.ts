import { parseSendingState } from '../domain/sending-state.js'
import { firstDueOf, wavesDue } from '../domain/sending-waves.js'
import type { JobRecord, NewJob, PreparedMessage } from '../storage/job-record.js'
import type { SendingRecord } from '../storage/sending-record.js'
import { withChampionTimes, withLastDue, withPickTimes } from './last-due.js'
import { seenProgress } from './progress-step.js'
import { leased, onTo, type SendingStep, type StepContext, transitionStep } from './sending-step.js'

/** Scheduled or pending → preparing, by an engine that has it until `leaseUntil`. */
export function takeUpStep(
  record: SendingRecord,
  { job, leaseUntil, ...context }: StepContext & { readonly job: NewJob; readonly leaseUntil: number },
): SendingStep {
  const taken = { ...record, jobId: job.id, startedAt: context.now }
  return leased(
    {
      ...transitionStep(taken, 'due', { ...context, state: parseSendingState(record.state) }),
      job: { type: 'create', job },
    },
    leaseUntil,
  )
}

/** Its items are there: preparing → prepared, and on to transmitting when the first are due. */
export function builtStep(
  record: SendingRecord,
  params: StepContext & {
    readonly job: JobRecord
    readonly channels: readonly string[]
    readonly prepared: PreparedMessage
  },
): SendingStep {
  const { job, channels, prepared, ...context } = params
  const { now, zone } = context
  const known = withPickTimes({ record, state: parseSendingState(record.state), zone })
  const state = withLastDue(known, record, zone)
  const built = transitionStep(record, 'built', { ...context, state })
  const isDue = (firstDueOf(state.waves) ?? record.dueAt ?? now) <= now
  const last = isDue ? onTo(built, transmitStep(built.after, { ...context, job })) : built
  return {
    ...last,
    job: {
      type: 'transition',
      from: 'created',
      to: 'processing',
      set: { runNo: 1, startedAt: now, channels, prepared },
      waves: wavesDue(state.waves, now),
    },
  }
}

/** Prepared → transmitting. Time without progress begins anew, as that of the champions does: until now nothing could go out. */
export function transmitStep(record: SendingRecord, context: StepContext & { readonly job: JobRecord }): SendingStep {
  const { progress: _, ...before } = parseSendingState(record.state)
  const state = withChampionTimes({ ...context, record, state: before })
  const { progress } = seenProgress(record, { ...context, state })
  return transitionStep(record, 'transmit', { ...context, state: { ...state, progress } })
}
