import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SENDING_STATUSES, type SendingStatus } from '../model/sending-status.js'
import { EMPTY_SENDING_STATE, type StoredSendingState } from './sending-state.js'
import { isTerminalSending } from './sending-transitions.js'
import { type NextWakeParams, nextWakeOf } from './sending-wake.js'

const LIMIT_MS = 1_200_000

function wake(status: SendingStatus, state: Partial<StoredSendingState> = {}, rest: Partial<NextWakeParams> = {}) {
  return nextWakeOf({ status, state: { ...EMPTY_SENDING_STATE, ...state }, failAfterMs: LIMIT_MS, ...rest })
}

const wave = (number: number, dueAt?: number) => ({
  wave: number,
  group: dueAt === undefined ? ('rest' as const) : ('test' as const),
  plannedAt: 7_000,
  ...(dueAt !== undefined && { dueAt }),
})
const progress = { lookedAt: 50_000, stalledMs: 0, received: 2, pending: 1 }

describe('nextWakeOf', () => {
  it.each<[SendingStatus, Partial<StoredSendingState>, Partial<NextWakeParams>, number | undefined]>([
    ['scheduled', { prepareAt: 4_000 }, { dueAt: 5_000 }, 4_000],
    ['scheduled', {}, { dueAt: 5_000 }, 5_000],
    ['scheduled', { prepareAt: 4_000, deadlineAt: 3_000 }, {}, 3_000],
    ['pending', { prepareAt: 4_000 }, { dueAt: 4_000 }, 4_000],
    ['preparing', { prepareAt: 4_000 }, { dueAt: 5_000 }, 4_000],
    ['prepared', { waves: [wave(0, 8_000), wave(1, 6_000), wave(2)] }, { dueAt: 5_000 }, 6_000],
    ['prepared', { waves: [] }, { dueAt: 5_000 }, 5_000],
    ['prepared', { waves: [wave(0, 8_000)], deadlineAt: 7_999 }, {}, 7_999],
    ['prepared', { waves: [wave(0, 8_000)], reresolveAt: 1 }, {}, 1],
    ['transmitting', { progress }, {}, 50_000 + LIMIT_MS / 4],
    ['transmitting', { progress, deadlineAt: 60_000 }, {}, 60_000],
    ['transmitting', { progress }, { failAfterMs: undefined }, undefined],
    ['transmitting', { progress: { ...progress, waiting: {} } }, {}, undefined],
    ['transmitting', { progress, reresolveAt: 49_000 }, {}, 49_000],
    ['transmitting', { champions: [{ experiment: 'a', pickAt: 70_000 }] }, {}, 70_000],
    ['transmitting', { champions: [{ experiment: 'a', pickAt: 70_000, variant: 'A' }] }, {}, undefined],
    ['transmitting', { champions: [{ experiment: 'by hand' }] }, {}, undefined],
    ['transmitting', { champions: [{ experiment: 'a', pickAt: 70_000, tries: 1, retryAt: 90_000 }] }, {}, 90_000],
    ['transmitting', { champions: [{ experiment: 'a', pickAt: 70_000, tries: 1, retryAt: 60_000 }] }, {}, 70_000],
    [
      'transmitting',
      {
        champions: [
          { experiment: 'a', pickAt: 9 },
          { experiment: 'b', pickAt: 8 },
        ],
      },
      {},
      8,
    ],
  ])('while %s with %j and %j is %s', (status, state, rest, expected) => {
    expect(wake(status, state, rest)).toBe(expected)
  })

  it.each(SENDING_STATUSES.filter((status) => isTerminalSending(status) || status === 'draft' || status === 'paused'))(
    'has nothing to do for one that is %s',
    (status) => {
      const state = { prepareAt: 1, deadlineAt: 2, progress, reresolveAt: 3, waves: [wave(0, 4)] }
      expect(wake(status, state, { dueAt: 5 })).toBeUndefined()
    },
  )

  it('never comes after the deadline of a sending that is on its way', () => {
    const instant = fc.integer({ min: 0, max: 1e12 })
    fc.assert(
      fc.property(
        fc.constantFrom<SendingStatus>('scheduled', 'pending', 'preparing', 'prepared', 'transmitting'),
        fc.record({ prepareAt: instant, deadlineAt: instant, waves: fc.array(instant.map((at) => wave(0, at))) }),
        (status, state) => {
          expect(wake(status, state)).toBeLessThanOrEqual(state.deadlineAt)
        },
      ),
    )
  })
})
