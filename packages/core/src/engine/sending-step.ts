import { ownedJobStatus } from '../domain/owned-job.js'
import { quoted } from '../domain/quoted.js'
import { failAfterMs } from '../domain/sending-progress.js'
import { formatSendingState, parseSendingState, type StoredSendingState } from '../domain/sending-state.js'
import { SENDING_TRANSITIONS, type SendingEvent } from '../domain/sending-transitions.js'
import { nextWakeOf } from '../domain/sending-wake.js'
import { nextStatus } from '../domain/transition-table.js'
import type { VariantChoice } from '../domain/variant-assignment.js'
import { BroadsideError } from '../model/error.js'
import type { JobStatus } from '../model/job.js'
import type { SendingRecord } from '../storage/sending-record.js'
import type { OwnedJobStep } from '../storage/sending-storage.js'

/** A change that was decided: what happens, how the sending is after it, and what it does to its job. */
export interface SendingStep {
  /** In the order in which they happen; none for a change that is no transition. */
  readonly events: readonly SendingEvent[]
  readonly after: SendingRecord
  readonly job?: OwnedJobStep | undefined
  /** A champion that is picked by it. */
  readonly champion?: VariantChoice | undefined
}

export interface StepContext {
  readonly now: number
  /** The engine's. */
  readonly zone: string
}

export function transitionStep(
  record: SendingRecord,
  event: SendingEvent,
  { state, ...context }: StepContext & { readonly state: StoredSendingState },
): SendingStep {
  const status = nextStatus(SENDING_TRANSITIONS, record.status, event)
  if (status === undefined) throw impossible(record, event)
  return { events: [event], after: keptStep({ ...record, status }, { ...context, state }).after }
}

/** The sending with another state, and woken when that says so. */
export function keptStep(
  record: SendingRecord,
  { state, zone }: StepContext & { readonly state: StoredSendingState },
): SendingStep {
  const wakeAt = nextWakeOf({
    status: record.status,
    dueAt: record.dueAt,
    state,
    failAfterMs: patienceOf(record, zone),
  })
  return { events: [], after: { ...record, wakeAt, state: formatSendingState(state) } }
}

/** No transition: the engine has it until `leaseUntil`, or gives it back with a `leaseUntil` that is near. */
export function leaseStep(
  record: SendingRecord,
  { leaseUntil, state }: { readonly leaseUntil: number; readonly state?: StoredSendingState | undefined },
): SendingStep {
  const after = state === undefined ? record : { ...record, state: formatSendingState(state) }
  return leased({ events: [], after }, leaseUntil)
}

export function leased(made: SendingStep, leaseUntil: number): SendingStep {
  return { ...made, after: { ...made.after, wakeAt: leaseUntil } }
}

/** No transition: it is woken when its state says so. */
export function wakeStep(record: SendingRecord, context: StepContext): SendingStep {
  return keptStep(record, { ...context, state: parseSendingState(record.state) })
}

export function onTo(first: SendingStep, second: SendingStep): SendingStep {
  return { ...second, events: [...first.events, ...second.events] }
}

/** The status that a sending's job has, short of what it has come to by itself; `undefined` while there is none. */
export function jobStatusOf(record: SendingRecord, state: StoredSendingState): JobStatus | undefined {
  const { status, pausedFrom = 'pending' } = record
  if (record.jobId === undefined) return undefined
  if (status !== 'paused' && state.reresolveAt !== undefined) return 'paused'
  return ownedJobStatus(status === 'paused' ? { status, pausedFrom } : { status })
}

/** How long it may stand still, in ms: `failAfter`, and beyond that as long as its own rate makes it wait. */
export function patienceOf({ definition, scheduledAt, createdAt }: SendingRecord, zone: string): number | undefined {
  const { failAfter, rate } = definition
  const limitMs = failAfterMs({ failAfter, zone, instant: scheduledAt ?? createdAt })
  return limitMs === undefined ? undefined : limitMs + (rate?.intervalMs ?? 0)
}

function impossible({ id, status }: SendingRecord, event: SendingEvent): BroadsideError {
  return new BroadsideError('INVALID_TRANSITION', `Sending ${id} is ${status}: ${quoted(event)} is not possible.`, {
    sendingId: id,
    from: status,
    operation: event,
  })
}
