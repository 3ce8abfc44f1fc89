import type { SendingEvent } from '../domain/sending-transitions.js'
import type { Counters } from '../model/counters.js'
import type { SendingRecord } from '../storage/sending-record.js'
import type { EventName, Events, SendingTransition } from './events.js'
import { sendingInfo } from './sending-info.js'

type TransitionEventName = {
  [Name in EventName]: Name extends `sending:${string}` ? Name : never
}[EventName]

const NAME_OF = {
  update: 'sending:updated',
  schedule: 'sending:scheduled',
  sendNow: 'sending:pending',
  unschedule: 'sending:unscheduled',
  due: 'sending:preparing',
  noRecipients: 'sending:skipped',
  built: 'sending:prepared',
  transmit: 'sending:transmitting',
  lastItemSettled: 'sending:transmitted',
  fail: 'sending:failed',
  expire: 'sending:failed',
  pause: 'sending:paused',
  'resume:pending': 'sending:resumed',
  'resume:preparing': 'sending:resumed',
  'resume:prepared': 'sending:resumed',
  'resume:transmitting': 'sending:resumed',
  cancel: 'sending:cancelled',
  retryFailed: 'sending:retrying',
} as const satisfies { readonly [event in SendingEvent]: TransitionEventName }

export interface ToldSending {
  /** After the transition. */
  readonly sending: SendingRecord
  readonly counters?: Counters | undefined
}

/** Tells of a transition that this engine has made. */
export function tellSending(event: SendingEvent, { sending, counters }: ToldSending, events: Events): void {
  const told: SendingTransition = { sendingId: sending.id, sending: sendingInfo(sending, { counters }) }
  events.emit(NAME_OF[event], told)
}
