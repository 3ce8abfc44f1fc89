import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isBroadsideError } from '../model/error.js'
import {
  EMPTY_SENDING_STATE,
  formatSendingState,
  parseSendingState,
  pausedState,
  resumedState,
  type StoredSendingState,
} from './sending-state.js'

const instant = fc.integer({ min: 0, max: 2 ** 42 })

function maybe<T>(value: fc.Arbitrary<T>) {
  return fc.option(value, { nil: undefined })
}

const state: fc.Arbitrary<StoredSendingState> = fc.record(
  {
    prepareAt: instant,
    inRecipientZones: fc.record({
      wallTime: instant,
      engineZone: fc.constant('Europe/Oslo'),
      scheduledAt: instant,
      pastPolicy: fc.constantFrom('sendNow' as const, 'skip' as const, 'nextDay' as const),
    }),
    waves: fc.array(
      fc.record({
        wave: fc.nat(),
        group: fc.constantFrom('all' as const, 'test' as const, 'rest' as const),
        plannedAt: instant,
        dueAt: maybe(instant),
        items: maybe(fc.nat()),
      }),
    ),
    lastDueAt: instant,
    deadlineAt: instant,
    progress: fc.record({
      lookedAt: instant,
      stalledMs: fc.nat(),
      received: fc.nat(),
      pending: fc.nat(),
      waiting: maybe(fc.record({ until: maybe(instant) })),
    }),
    pausedAt: instant,
    pausedMs: fc.nat(),
    champions: fc.array(fc.record({ experiment: fc.string(), pickAt: maybe(instant), variant: maybe(fc.string()) })),
    reresolveAt: instant,
  },
  { requiredKeys: ['waves', 'pausedMs', 'champions'] },
)

describe('parseSendingState', () => {
  it('reads what formatSendingState writes', () => {
    fc.assert(
      fc.property(state, (given) => {
        expect(parseSendingState(formatSendingState(given))).toEqual(given)
      }),
    )
  })

  it('reads the state of a sending that was just created', () => {
    expect(parseSendingState('')).toEqual(EMPTY_SENDING_STATE)
    expect(parseSendingState('{}')).toEqual(EMPTY_SENDING_STATE)
    expect(parseSendingState(formatSendingState(EMPTY_SENDING_STATE))).toEqual(EMPTY_SENDING_STATE)
  })

  it('keeps what a newer version has written, in waves and champions too', () => {
    const newer = {
      ...EMPTY_SENDING_STATE,
      later: { a: 1 },
      waves: [{ wave: 0, group: 'all', plannedAt: 1, dueAt: 1, colour: 'red' }],
      champions: [{ experiment: 'subject', certainty: 0.9 }],
    }
    expect(parseSendingState(JSON.stringify(newer))).toEqual(newer)
  })

  it.each(['x', 'null', '[]', '"{}"', '{"waves":{}}', '{"waves":[{"wave":-1}]}', '{"pausedMs":-1}', '{"dueAt":'])(
    'refuses %s',
    (text) => {
      try {
        parseSendingState(text)
        expect.unreachable()
      } catch (error) {
        if (!isBroadsideError(error, 'STORAGE_FAILED')) throw error
        expect(error.message).toMatch(/^The stored state of a sending can't be read: .+duplicate it\.$/)
        expect(error.cause).toBeDefined()
      }
    },
  )
})

describe('pausedState and resumedState', () => {
  const before: StoredSendingState = {
    ...EMPTY_SENDING_STATE,
    deadlineAt: 10_000,
    progress: { lookedAt: 900, stalledMs: 300, received: 9, pending: 4 },
  }
  const relative = { after: '10 seconds' }

  it('put a relative deadline off by the time in between, which is no time without progress', () => {
    const paused = pausedState(before, 1_000)
    expect(paused.pausedAt).toBe(1_000)
    const resumed = resumedState(paused, { deadline: relative, now: 6_000 })
    expect(resumed).toEqual({
      ...before,
      pausedMs: 5_000,
      deadlineAt: 15_000,
      progress: { lookedAt: 6_000, stalledMs: 300, received: 9, pending: 4 },
    })
    expect(resumed).not.toHaveProperty('pausedAt')
  })

  it('do not move a deadline that is a date', () => {
    const resumed = resumedState(pausedState(before, 1_000), { deadline: '2018-01-24T16:10:08Z', now: 6_000 })
    expect(resumed).toMatchObject({ pausedMs: 5_000, deadlineAt: 10_000 })
  })

  it('add up, and take nothing from a clock that went back', () => {
    const pause = fc.record({ atMs: fc.nat(1e6), forMs: fc.integer({ min: -1e6, max: 1e6 }) })
    fc.assert(
      fc.property(fc.array(pause), (pauses) => {
        const end = pauses.reduce<StoredSendingState>(
          (one, { atMs, forMs }) => resumedState(pausedState(one, atMs), { deadline: relative, now: atMs + forMs }),
          before,
        )
        const total = pauses.reduce((sum, { forMs }) => sum + Math.max(0, forMs), 0)
        expect(end.pausedMs).toBe(total)
        expect(end.deadlineAt).toBe(10_000 + total)
      }),
    )
  })

  it('leave alone what is not there', () => {
    const resumed = resumedState(pausedState(EMPTY_SENDING_STATE, 5), { deadline: undefined, now: 9 })
    expect(resumed).toEqual({ ...EMPTY_SENDING_STATE, pausedMs: 4 })
    expect(Object.keys(resumed).sort()).toEqual(['champions', 'pausedMs', 'waves'])
  })
})
