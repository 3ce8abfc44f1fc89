import { BroadsideError } from '../model/error.js'
import type { SendingStatus } from '../model/sending-status.js'

/** What users do to a sending that exists. `send` schedules it or sends it now. */
export type SendingOperation =
  | 'update'
  | 'send'
  | 'unschedule'
  | 'pause'
  | 'resume'
  | 'cancel'
  | 'retryFailed'
  | 'delete'

type Reasons = { readonly [status in SendingStatus]?: string }

const ENDED = reasonFor(['transmitted', 'skipped', 'cancelled', 'failed'], 'It has ended and does not change any more.')
const ENDED_COPY = reasonFor(
  ['transmitted', 'skipped', 'cancelled', 'failed'],
  'It has ended and can never be scheduled again: duplicate it and use the copy.',
)
const UNDER_WAY = ['pending', 'preparing', 'prepared', 'transmitting', 'paused'] as const

/** Why, and what to do instead. Whatever stands here is absent from `SENDING_TRANSITIONS`, and the other way round. */
const REASONS: { readonly [operation in SendingOperation]: Reasons } = {
  update: {
    scheduled: 'Only a draft can be changed: unschedule it first.',
    ...reasonFor(UNDER_WAY, 'Only a draft can be changed: duplicate it and change the copy.'),
    ...ENDED_COPY,
  },
  send: {
    scheduled: 'It is scheduled already: unschedule it first to change when it goes.',
    ...reasonFor(['pending', 'preparing', 'prepared', 'transmitting'], 'It is on its way already.'),
    paused: 'It is on its way already: resume it.',
    ...ENDED_COPY,
  },
  unschedule: {
    draft: 'It is not scheduled.',
    ...reasonFor(['pending', 'preparing', 'prepared', 'transmitting'], 'It is on its way: pause or cancel it instead.'),
    paused: 'It was on its way when it was paused: cancel it instead.',
    ...ENDED,
  },
  pause: {
    draft: 'Nothing is going out: there is nothing to pause.',
    scheduled: 'It has not started yet: unschedule it instead.',
    paused: 'It is paused already.',
    ...ENDED,
  },
  resume: {
    draft: 'It is not paused: send it instead.',
    scheduled: 'It is not paused: it goes out at its time.',
    ...reasonFor(['pending', 'preparing', 'prepared', 'transmitting'], 'It is not paused.'),
    ...ENDED,
  },
  cancel: {
    draft: 'Nothing is going out: delete it instead.',
    ...ENDED,
    cancelled: 'It is cancelled already.',
  },
  retryFailed: {
    ...reasonFor(['draft', 'scheduled'], 'Nothing has been sent yet.'),
    ...reasonFor(UNDER_WAY, 'It is not finished: retries come by themselves until it is transmitted.'),
    skipped: 'It had no recipients.',
    ...reasonFor(['cancelled', 'failed'], 'It has ended for good: duplicate it for those who did not get it.'),
  },
  delete: reasonFor(UNDER_WAY, 'It is on its way: cancel it first.'),
}

/** Why an operation is refused in a status, and what to do instead; `undefined` when it is allowed. */
export function whySendingRefuses(operation: SendingOperation, status: SendingStatus): string | undefined {
  return REASONS[operation][status]
}

export interface SendingSubject {
  readonly id: string
  readonly status: SendingStatus
}

/** @throws BroadsideError `INVALID_TRANSITION`, which says from, to and why, when the sending's status does not allow the operation. */
export function requireSendingAllows(operation: SendingOperation, { id, status }: SendingSubject): void {
  const reason = whySendingRefuses(operation, status)
  if (reason === undefined) return
  throw new BroadsideError('INVALID_TRANSITION', `Sending ${id} is ${status}: ${operation} is refused. ${reason}`, {
    sendingId: id,
    from: status,
    operation,
  })
}

function reasonFor(statuses: readonly SendingStatus[], reason: string): Reasons {
  return Object.fromEntries(statuses.map((status) => [status, reason]))
}
