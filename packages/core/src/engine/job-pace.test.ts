import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { JobPace } from './job-pace.js'

const bounds = fc.record({ minimum: fc.integer({ min: -5, max: 2_000 }), maximum: fc.integer({ min: 1, max: 10_000 }) })
const lease = fc.tuple(fc.nat({ max: 10_000 }), fc.oneof(fc.nat({ max: 100_000 }), fc.constantFrom(0, -5, 0.001)))

function paced(itemsPerSecond: number): JobPace {
  const pace = new JobPace({ minimum: 10, maximum: 1_000 })
  for (let i = 0; i < 30; i++) pace.observe(itemsPerSecond / 2, 500)
  return pace
}

describe('JobPace', () => {
  it('begins with what keeps the providers busy', () => {
    const pace = new JobPace({ minimum: 10, maximum: 1_000 })
    expect([pace.claimSize, pace.startAhead]).toEqual([10, 10])
  })

  it('comes to claim a second’s work, and to mark 50 ms’ work as started ahead', () => {
    expect([paced(400).claimSize, paced(400).startAhead]).toEqual([400, 20])
    expect([paced(4).claimSize, paced(4).startAhead]).toEqual([10, 10])
    expect([paced(1e6).claimSize, paced(1e6).startAhead]).toEqual([1_000, 1_000])
  })

  it('follows a job that slows down', () => {
    const pace = paced(400)
    for (let i = 0; i < 30; i++) pace.observe(20, 1_000)
    expect(pace.claimSize).toBe(20)
  })

  it('asks for a whole number of items within its bounds, at least one, whatever it sees', () => {
    fc.assert(
      fc.property(bounds, fc.array(lease), ({ minimum, maximum }, leases) => {
        const pace = new JobPace({ minimum, maximum })
        for (const [items, elapsedMs] of leases) pace.observe(items, elapsedMs)
        for (const size of [pace.claimSize, pace.startAhead]) {
          expect(Number.isSafeInteger(size)).toBe(true)
          expect(size).toBeGreaterThanOrEqual(Math.min(Math.max(1, minimum), maximum))
          expect(size).toBeLessThanOrEqual(maximum)
        }
        expect(pace.startAhead).toBeLessThanOrEqual(pace.claimSize)
      }),
    )
  })

  it('learns nothing odd from a lease that took no time and sent nothing', () => {
    const pace = new JobPace({ minimum: 10, maximum: 1_000 })
    pace.observe(0, 0)
    expect([pace.claimSize, pace.startAhead]).toEqual([10, 10])
    pace.observe(5, 0)
    expect(pace.claimSize).toBe(1_000)
  })

  it('asks for one item at least of a job that nobody here carries', () => {
    expect(new JobPace({ minimum: Number.NEGATIVE_INFINITY, maximum: 1_000 }).claimSize).toBe(1)
  })
})
