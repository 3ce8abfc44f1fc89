import { parseSendingState, type StoredSendingState } from '../domain/sending-state.js'
import { firstDueOf } from '../domain/sending-waves.js'
import { hasChampion } from '../domain/variant-assignment.js'
import type { JobRecord, NewJob, PreparedMessage } from '../storage/job-record.js'
import type { SendingRecord } from '../storage/sending-record.js'
import { championTimeOf, withLastDue } from './last-due.js'
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
  const { now } = context
  const state = builtState(record, context)
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
    },
  }
}

function builtState(record: SendingRecord, { zone }: StepContext): StoredSendingState {
  const state = parseSendingState(record.state)
  const tested = (record.definition.experiments ?? []).filter(hasChampion)
  const champions = tested.map(({ name, champion }) => {
    const known = state.champions.find(({ experiment }) => experiment === name)
    const { pickedBy, after } = champion
    const pickAt =
      pickedBy === 'hand' || after === undefined ? undefined : championTimeOf({ record, state, after, zone })
    return { ...known, experiment: name, ...(pickAt !== undefined && { pickAt }) }
  })
  return withLastDue({ ...state, champions }, record, zone)
}

/** Prepared → transmitting. Time without progress begins anew: until now nothing could go out. */
export function transmitStep(record: SendingRecord, context: StepContext & { readonly job: JobRecord }): SendingStep {
  const { progress: _, ...state } = parseSendingState(record.state)
  const { progress } = seenProgress(record, { ...context, state })
  return transitionStep(record, 'transmit', { ...context, state: { ...state, progress } })
}
