import { parseSendingState } from '../domain/sending-state.js'
import type { VariantChoice } from '../domain/variant-assignment.js'
import { BroadsideError, isBroadsideError } from '../model/error.js'
import type { SendingRecord } from '../storage/sending-record.js'

/** Champions are picked once what they are picked from stands, and only once. */
export function requirePickable(record: SendingRecord, { experiment, variant }: VariantChoice): void {
  const { id, status, pausedFrom = status } = record
  const refuse = (why: string): BroadsideError =>
    new BroadsideError('INVALID_TRANSITION', `Sending ${id} is ${status}: pickChampion is refused. ${why}`, {
      sendingId: id,
      from: status,
      operation: 'pickChampion',
    })
  if (pausedFrom !== 'prepared' && pausedFrom !== 'transmitting') {
    throw refuse('A champion is picked once its items are there, and before it has ended.')
  }
  const champion = parseSendingState(record.state).champions.find((one) => one.experiment === experiment)
  if (champion === undefined) throw refuse(`Experiment ${experiment} has no champion: all of its variants go out.`)
  if (champion.variant !== undefined) {
    throw refuse(
      `The champion of ${experiment} is picked already: ${champion.variant}${champion.variant === variant ? '' : `, not ${variant}`}.`,
    )
  }
}

/** What was refused was never stored: nobody could look its id up. */
export function ofUnstored(error: unknown, sendingId: string): unknown {
  if (!isBroadsideError(error) || (error.sendingId !== sendingId && !error.message.includes(sendingId))) return error
  const { code, cause, issues, from, operation } = error
  const message = error.message
    .replaceAll(`Sending ${sendingId}`, 'The sending')
    .replaceAll(`sending ${sendingId}`, 'the sending')
  return new BroadsideError(code, message, {
    cause,
    ...(issues && { issues }),
    ...(from !== undefined && { from }),
    ...(operation !== undefined && { operation }),
  })
}

export function notEnded({ id, status }: SendingRecord): BroadsideError {
  return new BroadsideError(
    'INVALID_TRANSITION',
    `Sending ${id} is ${status}: who did not get it is known only once it has ended.`,
    { sendingId: id, from: status, operation: 'duplicate' },
  )
}

export function stillInFlight({ id, status }: SendingRecord): BroadsideError {
  return new BroadsideError(
    'INVALID_TRANSITION',
    `Sending ${id} is ${status}: delete is refused. Some of its items are still in flight; wait until they are settled.`,
    { sendingId: id, from: status, operation: 'delete' },
  )
}

export function keepsChanging(sendingId: string): BroadsideError {
  return new BroadsideError(
    'STORAGE_FAILED',
    `Sending ${sendingId} kept changing while its change was decided. Try again.`,
    { sendingId },
  )
}

export function sendingOfKeyIsGone(sendingId: string): BroadsideError {
  return new BroadsideError(
    'SENDING_NOT_FOUND',
    `This idempotency key made sending ${sendingId}, which has been deleted since. Use a new key for a new sending.`,
    { sendingId },
  )
}
