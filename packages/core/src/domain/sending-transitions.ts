import type { PausableStatus, SendingStatus } from '../model/sending-status.js'
import { nextStatus, type TransitionTable } from './transition-table.js'

/**
 * What happens to a sending. Beside the operations of its users:
 *
 * - `due`: a worker takes it up to prepare it.
 * - `noRecipients`, `built`: preparing came to its end.
 * - `transmit`: the instant of its first wave has come.
 * - `lastItemSettled`: no item is open.
 * - `fail`: audience, transport or content turned out missing, or its definition impossible while it went out.
 * - `expire`: its deadline passed, nothing moved for `failAfter`, or it was missed and must not be sent late.
 * - `resume:…`: resume, named after where it was paused, so that the table says where it leads.
 */
export type SendingEvent =
  | 'update'
  | 'schedule'
  | 'sendNow'
  | 'unschedule'
  | 'due'
  | 'noRecipients'
  | 'built'
  | 'transmit'
  | 'lastItemSettled'
  | 'fail'
  | 'expire'
  | 'pause'
  | ResumeEvent
  | 'cancel'
  | 'retryFailed'

export type ResumeEvent = `resume:${PausableStatus}`

/** Every transition of a sending; see `docs/lifecycle.md`. What can be deleted: {@link isDeletableSending}. */
export const SENDING_TRANSITIONS: TransitionTable<SendingStatus, SendingEvent> = {
  draft: { update: 'draft', schedule: 'scheduled', sendNow: 'pending' },
  scheduled: { unschedule: 'draft', due: 'preparing', cancel: 'cancelled', expire: 'failed' },
  pending: { due: 'preparing', pause: 'paused', cancel: 'cancelled', expire: 'failed' },
  preparing: {
    noRecipients: 'skipped',
    built: 'prepared',
    pause: 'paused',
    cancel: 'cancelled',
    fail: 'failed',
    expire: 'failed',
  },
  prepared: { transmit: 'transmitting', pause: 'paused', cancel: 'cancelled', fail: 'failed', expire: 'failed' },
  transmitting: {
    lastItemSettled: 'transmitted',
    pause: 'paused',
    cancel: 'cancelled',
    fail: 'failed',
    expire: 'failed',
  },
  transmitted: { retryFailed: 'transmitting' },
  skipped: {},
  paused: {
    'resume:pending': 'pending',
    'resume:preparing': 'preparing',
    'resume:prepared': 'prepared',
    'resume:transmitting': 'transmitting',
    cancel: 'cancelled',
  },
  cancelled: {},
  failed: {},
}

/** The event that resuming is for a sending paused from there. */
export function resumeEvent(pausedFrom: PausableStatus): ResumeEvent {
  return `resume:${pausedFrom}`
}

/** Where it was, when `pause` is allowed; otherwise `undefined`. Keep it as `pausedFrom`. */
export function pausableStatus(status: SendingStatus): PausableStatus | undefined {
  return nextStatus(SENDING_TRANSITIONS, status, 'pause') === undefined ? undefined : (status as PausableStatus)
}

/** True once nothing more will go out, short of `retryFailed`. */
export function isTerminalSending(status: SendingStatus): boolean {
  return status === 'transmitted' || status === 'skipped' || status === 'cancelled' || status === 'failed'
}

/** True while nothing of it is under way. */
export function isDeletableSending(status: SendingStatus): boolean {
  return status === 'draft' || status === 'scheduled' || isTerminalSending(status)
}
