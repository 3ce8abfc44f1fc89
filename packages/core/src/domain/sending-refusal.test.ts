import { describe, expect, it } from 'vitest'
import { isBroadsideError } from '../model/error.js'
import { SENDING_STATUSES, type SendingStatus } from '../model/sending-status.js'
import { requireSendingAllows, type SendingOperation, whySendingRefuses } from './sending-refusal.js'
import { isDeletableSending, SENDING_TRANSITIONS } from './sending-transitions.js'

const OPERATIONS: readonly SendingOperation[] = [
  'update',
  'send',
  'unschedule',
  'pause',
  'resume',
  'cancel',
  'retryFailed',
  'delete',
]

/** What the table says about an operation of users. */
function isAllowed(operation: SendingOperation, status: SendingStatus): boolean {
  const events = Object.keys(SENDING_TRANSITIONS[status])
  if (operation === 'delete') return isDeletableSending(status)
  if (operation === 'send') return events.includes('schedule') && events.includes('sendNow')
  return events.some((event) => event.split(':')[0] === operation)
}

const PAIRS = OPERATIONS.flatMap((operation) => SENDING_STATUSES.map((status) => ({ operation, status })))

describe('whySendingRefuses', () => {
  it.each(PAIRS)('has a reason against $operation while $status, or the table allows it', ({ operation, status }) => {
    const reason = whySendingRefuses(operation, status)
    expect(reason === undefined).toBe(isAllowed(operation, status))
    if (reason !== undefined) expect(reason).toMatch(/^[A-Z].+\.$/)
  })

  it.each([
    ['pause', 'scheduled', /unschedule/],
    ['cancel', 'draft', /delete/],
    ['cancel', 'transmitted', /ended/],
    ['unschedule', 'preparing', /pause or cancel/],
    ['send', 'cancelled', /never be scheduled again: duplicate/],
    ['send', 'failed', /never be scheduled again: duplicate/],
    ['update', 'scheduled', /unschedule/],
    ['delete', 'paused', /cancel it first/],
  ] as const)('says of %s while %s what to do instead', (operation, status, advice) => {
    expect(whySendingRefuses(operation, status)).toMatch(advice)
  })
})

describe('requireSendingAllows', () => {
  it('lets pass what is allowed', () => {
    expect(() => requireSendingAllows('pause', { id: 's1', status: 'transmitting' })).not.toThrow()
  })

  it('throws an error that names the sending, its status, the operation and the reason', () => {
    try {
      requireSendingAllows('pause', { id: 's1', status: 'scheduled' })
      expect.unreachable()
    } catch (error) {
      if (!isBroadsideError(error, 'INVALID_TRANSITION')) throw error
      expect(error).toMatchObject({ sendingId: 's1', from: 'scheduled', operation: 'pause' })
      expect(error.message).toBe(
        'Sending s1 is scheduled: pause is refused. It has not started yet: unschedule it instead.',
      )
    }
  })
})
