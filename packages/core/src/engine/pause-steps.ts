import { resumedProgress } from '../domain/sending-progress.js'
import { parseSendingState, pausedState, resumedState, resumedTest } from '../domain/sending-state.js'
import { pausableStatus, resumeEvent } from '../domain/sending-transitions.js'
import { wavesDue } from '../domain/sending-waves.js'
import type { SendingRecord } from '../storage/sending-record.js'
import { withLastDue, withPickTimes } from './last-due.js'
import { jobStatusOf, keptStep, type SendingStep, type StepContext, transitionStep } from './sending-step.js'

export function pauseStep(record: SendingRecord, context: StepContext): SendingStep {
  const state = parseSendingState(record.state)
  const paused = { ...record, pausedFrom: pausableStatus(record.status) }
  const isRunning = jobStatusOf(record, state) === 'processing'
  return {
    ...transitionStep(paused, 'pause', { ...context, state: pausedState(state, context.now) }),
    job: isRunning ? { type: 'transition', from: 'processing', to: 'paused' } : undefined,
  }
}

/** Paused → where it was. With `onResume: 'reresolve'`, the job stays paused until the audience has been read again. */
export function resumeStep(record: SendingRecord, context: StepContext): SendingStep {
  const { now } = context
  const { pausedFrom = 'pending', definition } = record
  const before = parseSendingState(record.state)
  const resumed = resumedState(before, { deadline: definition.deadline, now })
  const hasItems = pausedFrom === 'prepared' || pausedFrom === 'transmitting'
  const rereads = hasItems && definition.onResume === 'reresolve' && definition.audience !== undefined
  const timed =
    resumed.testedFrom === undefined ? resumed : withPickTimes({ record, state: resumed, zone: context.zone })
  const state = {
    ...timed,
    // Time in which it was paused is none in which it was missed.
    prepareAt: Math.max(resumed.prepareAt ?? now, now),
    ...(rereads && { reresolveAt: now }),
  }
  const isHeld = hasItems && state.reresolveAt === undefined
  return {
    ...transitionStep({ ...record, pausedFrom: undefined }, resumeEvent(pausedFrom), { ...context, state }),
    job: isHeld ? { type: 'transition', from: 'paused', to: 'processing' } : undefined,
  }
}

/** No transition: the audience has been read again, and what was held goes out. */
export function rereadStep(record: SendingRecord, context: StepContext): SendingStep {
  const { reresolveAt = context.now, rereadBegun: _, progress, ...read } = parseSendingState(record.state)
  const moved = { ...read, ...(progress && { progress: resumedProgress(progress, context.now) }) }
  // Until now the test group was held; newcomers to it may be due later than the others.
  const held = { pausedAt: reresolveAt, pausedMs: Math.max(0, context.now - reresolveAt) }
  const state =
    moved.testedFrom === undefined
      ? moved
      : withPickTimes({
          record,
          state: { ...moved, testedFrom: resumedTest(moved.testedFrom, held) },
          zone: context.zone,
        })
  return {
    ...keptStep(record, { ...context, state: withLastDue(state, record, context.zone) }),
    // Newcomers were added with the instants of before: a champion that was picked meanwhile has let waves go.
    job: { type: 'transition', from: 'paused', to: 'processing', waves: wavesDue(state.waves, context.now) },
  }
}
