import { EMPTY_SENDING_STATE, parseSendingState, type StoredSendingState } from '../domain/sending-state.js'
import type { SendingEvent } from '../domain/sending-transitions.js'
import type { SendingRecord } from '../storage/sending-record.js'
import type { OwnedJobStep } from '../storage/sending-storage.js'
import { jobStatusOf, type SendingStep, type StepContext, transitionStep } from './sending-step.js'

/** Also of one whose state can't be read: nothing is to come of it any more. */
export function cancelStep(record: SendingRecord, context: StepContext): SendingStep {
  const state = readableState(record)
  const job = closing(record, { state, closedAs: 'cancelled' })
  return closingStep({ ...record, pausedFrom: undefined }, 'cancel', { ...context, state, job })
}

/** It has run out of time. */
export function expireStep(record: SendingRecord, context: StepContext & { readonly reason: string }): SendingStep {
  return failedStep(record, 'expire', context)
}

/** Its audience, transport or content turned out missing. */
export function failStep(record: SendingRecord, context: StepContext & { readonly reason: string }): SendingStep {
  return failedStep(record, 'fail', context)
}

export function noRecipientsStep(record: SendingRecord, context: StepContext): SendingStep {
  const state = parseSendingState(record.state)
  return closingStep(record, 'noRecipients', {
    ...context,
    state,
    job: closing(record, { state, closedAs: 'cancelled' }),
  })
}

function failedStep(
  record: SendingRecord,
  event: 'expire' | 'fail',
  { reason, ...context }: StepContext & { readonly reason: string },
): SendingStep {
  const state = parseSendingState(record.state)
  const job = closing(record, { state, closedAs: 'expired' })
  return closingStep({ ...record, reason }, event, { ...context, state, job })
}

function closingStep(
  record: SendingRecord,
  event: SendingEvent,
  { job, ...context }: StepContext & { readonly state: StoredSendingState; readonly job: OwnedJobStep | undefined },
): SendingStep {
  return { ...transitionStep({ ...record, finishedAt: context.now }, event, context), job }
}

function readableState({ state }: SendingRecord): StoredSendingState {
  try {
    return parseSendingState(state)
  } catch {
    return EMPTY_SENDING_STATE
  }
}

function closing(
  record: SendingRecord,
  { state, closedAs }: { readonly state: StoredSendingState; readonly closedAs: 'cancelled' | 'expired' },
): OwnedJobStep | undefined {
  const from = jobStatusOf(record, state)
  return from === undefined ? undefined : { type: 'close', from, to: 'cancelled', closedAs }
}
