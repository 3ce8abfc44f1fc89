import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SENDING_STATUSES, type SendingStatus } from '../model/sending-status.js'
import {
  isDeletableSending,
  isTerminalSending,
  pausableStatus,
  resumeEvent,
  SENDING_TRANSITIONS,
  type SendingEvent,
} from './sending-transitions.js'
import { nextStatus, statusesAllowing } from './transition-table.js'

/** Section 4 of the specification, row by row; events that users do not cause are named as the table names them. */
const SPECIFIED: readonly (readonly [from: readonly SendingStatus[], event: SendingEvent, to: SendingStatus])[] = [
  [['draft'], 'schedule', 'scheduled'],
  [['draft'], 'sendNow', 'pending'],
  [['scheduled'], 'unschedule', 'draft'],
  [['draft'], 'update', 'draft'],
  [['scheduled', 'pending'], 'due', 'preparing'],
  [['preparing'], 'noRecipients', 'skipped'],
  [['preparing'], 'built', 'prepared'],
  [['prepared'], 'transmit', 'transmitting'],
  [['transmitting'], 'lastItemSettled', 'transmitted'],
  // The specification has the first; for the others see docs/decisions/0007.
  [['preparing', 'prepared', 'transmitting'], 'fail', 'failed'],
  [['pending', 'preparing', 'prepared', 'transmitting'], 'pause', 'paused'],
  [['paused'], 'resume:pending', 'pending'],
  [['paused'], 'resume:preparing', 'preparing'],
  [['paused'], 'resume:prepared', 'prepared'],
  [['paused'], 'resume:transmitting', 'transmitting'],
  [['scheduled', 'pending', 'preparing', 'prepared', 'transmitting', 'paused'], 'cancel', 'cancelled'],
  [['scheduled', 'pending', 'preparing', 'prepared', 'transmitting'], 'expire', 'failed'],
  [['transmitted'], 'retryFailed', 'transmitting'],
]

const EVENTS = [...new Set(SPECIFIED.map(([, event]) => event))]
const TERMINAL: readonly SendingStatus[] = ['transmitted', 'skipped', 'cancelled', 'failed']
const anyStatus = fc.constantFrom(...SENDING_STATUSES)
const anyEvent = fc.constantFrom(...EVENTS)

function reachableFrom(start: SendingStatus): Set<SendingStatus> {
  const reached = new Set([start])
  for (const status of reached) {
    for (const next of Object.values(SENDING_TRANSITIONS[status])) reached.add(next)
  }
  return reached
}

describe('SENDING_TRANSITIONS', () => {
  it('has the rows of the specification and no other', () => {
    const rows = SENDING_STATUSES.flatMap((from) =>
      Object.entries(SENDING_TRANSITIONS[from]).map(([event, to]) => `${from} ${event} ${to}`),
    )
    const specified = SPECIFIED.flatMap(([statuses, event, to]) => statuses.map((from) => `${from} ${event} ${to}`))
    expect(rows.sort()).toEqual(specified.sort())
  })

  it('has a row for each status', () => {
    expect(Object.keys(SENDING_TRANSITIONS).sort()).toEqual([...SENDING_STATUSES].sort())
  })

  it('reaches every status from draft', () => {
    expect(reachableFrom('draft')).toEqual(new Set(SENDING_STATUSES))
  })

  it.each(SENDING_STATUSES.filter((status) => !isTerminalSending(status)))('leads from %s to every end', (status) => {
    const reached = reachableFrom(status)
    for (const end of TERMINAL) expect(reached).toContain(end)
  })

  it('lets nothing happen to an ended sending, but for retryFailed to a transmitted one', () => {
    fc.assert(
      fc.property(anyStatus.filter(isTerminalSending), anyEvent, (status, event) => {
        const isRetry = status === 'transmitted' && event === 'retryFailed'
        expect(nextStatus(SENDING_TRANSITIONS, status, event)).toBe(isRetry ? 'transmitting' : undefined)
      }),
    )
  })

  it('never makes a cancelled or failed sending go again, whatever happens to it', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 60 }), (events) => {
        let status: SendingStatus = 'draft'
        for (const event of events) {
          const next: SendingStatus = nextStatus(SENDING_TRANSITIONS, status, event) ?? status
          if (status === 'cancelled' || status === 'failed' || status === 'skipped') expect(next).toBe(status)
          if (status === 'transmitted') expect(['transmitted', 'transmitting']).toContain(next)
          // Once preparing has begun, there is no way back to a draft.
          if (next === 'draft') expect(['draft', 'scheduled']).toContain(status)
          status = next
        }
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('pause and resume', () => {
  it('resume leads back to exactly where pause came from, and to nowhere else', () => {
    const pausable = statusesAllowing(SENDING_TRANSITIONS, 'pause')
    const resumable = Object.keys(SENDING_TRANSITIONS.paused).filter((event) => event.startsWith('resume:'))
    expect(resumable.sort()).toEqual(pausable.map((status) => `resume:${status}`).sort())
    for (const status of SENDING_STATUSES) {
      const pausedFrom = pausableStatus(status)
      expect(pausedFrom).toBe(pausable.includes(status) ? status : undefined)
      if (pausedFrom !== undefined)
        expect(nextStatus(SENDING_TRANSITIONS, 'paused', resumeEvent(pausedFrom))).toBe(status)
    }
  })
})

describe('isTerminalSending', () => {
  it('is what has no way on, short of retryFailed', () => {
    for (const status of SENDING_STATUSES) {
      const { retryFailed, ...waysOn } = SENDING_TRANSITIONS[status]
      expect(isTerminalSending(status)).toBe(Object.keys(waysOn).length === 0)
    }
    expect(SENDING_STATUSES.filter(isTerminalSending)).toEqual(TERMINAL)
  })
})

describe('isDeletableSending', () => {
  it('is true for draft, scheduled and terminal', () => {
    expect(SENDING_STATUSES.filter(isDeletableSending)).toEqual(['draft', 'scheduled', ...TERMINAL])
  })
})
