import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  failAfterMs,
  lookAtProgress,
  lookIntervalMs,
  nextLookAt,
  type ProgressLook,
  type ProgressMark,
  resumedProgress,
} from './sending-progress.js'

const MINUTE_MS = 60_000
const LIMIT_MS = 20 * MINUTE_MS
const START = 1_700_000_000_000

const STILL = { received: 10, pending: 5 }

function look(before: ProgressMark | undefined, now: number, over: Partial<ProgressLook> = {}) {
  return lookAtProgress(before, { now, counters: STILL, failAfterMs: LIMIT_MS, ...over })
}

const limit = fc.integer({ min: 4, max: 100 * LIMIT_MS })
/** A clock that mostly goes on, and sometimes is put forward or back by hours. */
const stepMs = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: LIMIT_MS }) },
  { weight: 1, arbitrary: fc.integer({ min: -100 * LIMIT_MS, max: 100 * LIMIT_MS }) },
)

/** Looks whenever one is due, and does not move; answers when it has stalled. */
function stallsAt(first: ProgressMark, limitMs: number): number {
  let mark = first
  for (let looks = 0; looks < 20; looks++) {
    const now = nextLookAt(mark, limitMs) ?? Number.NaN
    const seen = lookAtProgress(mark, { now, counters: mark, failAfterMs: limitMs })
    if (seen.hasStalled) return now
    mark = seen.progress
  }
  return Number.NaN
}

describe('lookAtProgress', () => {
  it('stalls when nothing has moved for failAfter, to the millisecond, if one looks when it is time', () => {
    fc.assert(
      fc.property(limit, (limitMs) => {
        const { progress } = look(undefined, START, { failAfterMs: limitMs })
        expect(stallsAt(progress, limitMs)).toBe(START + limitMs)
      }),
    )
  })

  it('begins anew whenever something has moved, either way', () => {
    fc.assert(
      fc.property(stepMs, fc.record({ received: fc.nat(20), pending: fc.nat(20) }), (elapsed, counters) => {
        fc.pre(counters.received !== STILL.received || counters.pending !== STILL.pending)
        const stalling = { lookedAt: START, stalledMs: LIMIT_MS - 1, ...STILL }
        const seen = look(stalling, START + elapsed, { counters })
        expect(seen).toEqual({
          progress: { lookedAt: START + elapsed, stalledMs: 0, ...counters },
          hasStalled: false,
        })
      }),
    )
  })

  it('never counts more than twice the distance of looks, whatever the clock does, and never counts back', () => {
    fc.assert(
      fc.property(limit, fc.array(stepMs, { minLength: 1, maxLength: 30 }), (limitMs, steps) => {
        let now = START
        let { progress } = look(undefined, now, { failAfterMs: limitMs })
        for (const elapsed of steps) {
          now += elapsed
          const before = progress.stalledMs
          const seen = look(progress, now, { failAfterMs: limitMs })
          const counted = seen.progress.stalledMs - before
          expect(counted).toBe(Math.min(Math.max(0, elapsed), 2 * lookIntervalMs(limitMs)))
          expect(seen.hasStalled).toBe(seen.progress.stalledMs >= limitMs)
          progress = seen.progress
        }
      }),
      { numRuns: 1_000 },
    )
  })

  it('takes at least two looks to stall, however long nobody looked', () => {
    fc.assert(
      fc.property(limit, fc.integer({ min: 0, max: 1e12 }), (limitMs, away) => {
        const { progress } = look(undefined, START, { failAfterMs: limitMs })
        expect(look(progress, START + away, { failAfterMs: limitMs }).hasStalled).toBe(false)
      }),
    )
  })

  it('survives a process that was down, and a clock that was put forward and back', () => {
    let { progress } = look(undefined, START)
    progress = look(progress, START + 30 * 24 * 60 * MINUTE_MS).progress
    expect(progress.stalledMs).toBe(10 * MINUTE_MS)
    const back = look(progress, START)
    expect(back.hasStalled).toBe(false)
    expect(back.progress.stalledMs).toBe(10 * MINUTE_MS)
    expect(stallsAt(back.progress, LIMIT_MS)).toBe(START + 10 * MINUTE_MS)
  })

  it('does not count time in which nothing could go out', () => {
    const waves = look({ lookedAt: START, stalledMs: LIMIT_MS - 1, ...STILL }, START + MINUTE_MS, {
      waiting: { until: START + 10 * MINUTE_MS },
    })
    expect(waves).toEqual({
      progress: { lookedAt: START + MINUTE_MS, stalledMs: 0, ...STILL, waiting: { until: START + 10 * MINUTE_MS } },
      hasStalled: false,
    })
    // From when the wave is due, it counts.
    expect(look(waves.progress, START + 12 * MINUTE_MS).progress.stalledMs).toBe(2 * MINUTE_MS)
    expect(stallsAt(waves.progress, LIMIT_MS)).toBe(START + 10 * MINUTE_MS + LIMIT_MS)
  })

  it('does not count the time until somebody has picked a champion', () => {
    const { progress } = look(undefined, START, { waiting: {} })
    expect(nextLookAt(progress, LIMIT_MS)).toBeUndefined()
    expect(look(progress, START + 90 * MINUTE_MS).progress).toEqual({
      lookedAt: START + 90 * MINUTE_MS,
      stalledMs: 0,
      ...STILL,
    })
  })

  it('never stalls while it waits, whatever the clock does', () => {
    fc.assert(
      fc.property(fc.array(stepMs), (steps) => {
        let now = START
        let mark: ProgressMark | undefined
        for (const elapsed of steps) {
          now += elapsed
          const seen = look(mark, now, { waiting: { until: now + 1 } })
          expect(seen.hasStalled).toBe(false)
          mark = seen.progress
        }
      }),
    )
  })

  it('fails by the next look when failAfter is nothing at all', () => {
    const { progress, hasStalled } = look(undefined, START, { failAfterMs: 0 })
    expect(hasStalled).toBe(false)
    expect(stallsAt(progress, 0)).toBe(START + 1)
  })
})

describe('nextLookAt', () => {
  it('is later than the last look, and no further than the distance of looks from when something can go out', () => {
    const mark = fc.record({
      lookedAt: fc.integer({ min: START, max: START + LIMIT_MS }),
      stalledMs: fc.nat(3 * LIMIT_MS),
      received: fc.constant(1),
      pending: fc.constant(1),
      waiting: fc.option(fc.record({ until: fc.integer({ min: START - LIMIT_MS, max: START + 2 * LIMIT_MS }) }), {
        nil: undefined,
      }),
    })
    fc.assert(
      fc.property(mark, fc.nat(2 * LIMIT_MS), (given, limitMs) => {
        const next = nextLookAt(given, limitMs) ?? Number.NaN
        expect(next).toBeGreaterThan(given.lookedAt)
        const from = Math.max(given.lookedAt, given.waiting?.until ?? 0)
        expect(next).toBeLessThanOrEqual(from + lookIntervalMs(limitMs))
      }),
    )
  })
})

describe('resumedProgress', () => {
  it('leaves paused time out', () => {
    const paused = { lookedAt: START, stalledMs: 5 * MINUTE_MS, ...STILL }
    const resumed = resumedProgress(paused, START + 600 * MINUTE_MS)
    expect(stallsAt(resumed, LIMIT_MS)).toBe(START + 600 * MINUTE_MS + 15 * MINUTE_MS)
  })
})

describe('failAfterMs', () => {
  it.each([
    ['20 minutes', LIMIT_MS],
    ['0 seconds', 0],
    ['1 month', 31 * 24 * 60 * MINUTE_MS],
    [null, undefined],
  ])('of %j is %j', (failAfter, expected) => {
    // 1 January.
    expect(failAfterMs({ failAfter, zone: 'UTC', instant: 1_704_067_200_000 })).toBe(expected)
  })
})

describe('work that shows in no counter', () => {
  it('takes back the time since it began, and none before', () => {
    fc.assert(
      fc.property(fc.nat(LIMIT_MS), fc.nat(LIMIT_MS), stepMs, (stalledMsBefore, more, elapsed) => {
        const before = { lookedAt: START, stalledMs: stalledMsBefore + more, ...STILL }
        const { progress } = look(before, START + elapsed, { stalledMsBefore })
        expect(progress.stalledMs).toBe(stalledMsBefore)
      }),
    )
  })
})
