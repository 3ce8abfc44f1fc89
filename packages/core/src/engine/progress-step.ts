import { lookAtProgress, nextLookAt } from '../domain/sending-progress.js'
import { parseSendingState, type StoredSendingState } from '../domain/sending-state.js'
import { nextDueOf } from '../domain/sending-waves.js'
import type { JobRecord } from '../storage/job-record.js'
import type { SendingRecord } from '../storage/sending-record.js'
import { expireStep } from './closing-steps.js'
import { keptStep, leaseStep, patienceOf, type SendingStep, type StepContext } from './sending-step.js'

export interface LookParams extends StepContext {
  readonly job: Pick<JobRecord, 'counters'>
  readonly state: StoredSendingState
  /** See `ProgressLook`. */
  readonly stalledMsBefore?: number | undefined
  /** What keeps it from moving, if that is known. */
  readonly trouble?: string | undefined
  /** When this engine started. */
  readonly presentSince?: number | undefined
}

/** No transition: what was seen of a sending that is transmitting. */
export function lookStep(record: SendingRecord, params: LookParams): SendingStep {
  const { progress, hasStalled } = seenProgress(record, params)
  const state = { ...params.state, progress }
  if (hasStalled) return expireStep(record, { ...params, reason: stalledReason(record, params.trouble) })
  return keptStep(record, { ...params, state })
}

export interface BeatParams extends StepContext {
  readonly forMs: number
  /** Of a sending that {@link isBeingRead}. */
  readonly job: JobRecord | undefined
  readonly stalledMsBefore: number | undefined
  /** What kept it from moving, if that is known. */
  readonly trouble?: string | undefined
  /** When this engine started. */
  readonly presentSince?: number | undefined
}

/** No transition: an engine goes on with it, unless it has run out of time. */
export function beatStep(record: SendingRecord, params: BeatParams): SendingStep {
  const { forMs, job, stalledMsBefore, trouble, presentSince, ...context } = params
  const state = parseSendingState(record.state)
  const { deadlineAt = Number.POSITIVE_INFINITY } = state
  if (deadlineAt <= context.now) return expireStep(record, { ...context, reason: because(DEADLINE_PASSED, trouble) })
  const leaseUntil = Math.min(context.now + forMs, deadlineAt)
  if (job === undefined) return leaseStep(record, { leaseUntil })
  const { progress, hasStalled } = seenProgress(record, { ...context, job, state, stalledMsBefore, presentSince })
  if (hasStalled) return expireStep(record, { ...context, reason: stalledReason(record, trouble) })
  return leaseStep(record, { leaseUntil, state: { ...state, progress } })
}

/** When it is to be looked at whether it moves; `undefined` while it is not. */
export function nextLookOf(record: SendingRecord, { progress }: StoredSendingState, zone: string): number | undefined {
  const patienceMs = patienceOf(record, zone)
  return progress === undefined || patienceMs === undefined ? undefined : nextLookAt(progress, patienceMs)
}

/** Nothing goes out of it until its recipients are known. */
export function isBeingRead({ status, state }: SendingRecord): boolean {
  return status === 'preparing' || parseSendingState(state).reresolveAt !== undefined
}

export const DEADLINE_PASSED = 'its deadline has passed'

/** A look at whether a sending moves. */
export function seenProgress(
  record: SendingRecord,
  { job, state, stalledMsBefore, presentSince, ...context }: LookParams,
) {
  const limitMs = patienceOf(record, context.zone) ?? Number.POSITIVE_INFINITY
  return lookAtProgress(state.progress, {
    now: context.now,
    counters: job.counters,
    waiting: waitingOf(record, { job, state, ...context }),
    stalledMsBefore,
    presentSince,
    failAfterMs: limitMs,
  })
}

/** Set when every open item belongs to a wave that is not due. */
function waitingOf(record: SendingRecord, { job, state, now }: LookParams): { readonly until?: number } | undefined {
  if (record.status === 'preparing') return undefined
  const later = state.waves.filter(({ dueAt }) => dueAt === undefined || dueAt > now)
  const waiting = later.reduce((sum, { items = 0 }) => sum + items, 0)
  if (waiting === 0 || job.counters.pending > waiting) return undefined
  const until = nextDueOf(state.waves, now)
  return until === undefined ? {} : { until }
}

function stalledReason({ definition }: SendingRecord, trouble?: string): string {
  return because(`nothing has moved for ${definition.failAfter}`, trouble)
}

function because(reason: string, trouble: string | undefined): string {
  return trouble === undefined ? reason : `${reason}: ${trouble}`
}
