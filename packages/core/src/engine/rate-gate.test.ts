import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RateGate } from './rate-gate.js'

const rates = fc.record({ limit: fc.integer({ min: 1, max: 6 }), intervalMs: fc.integer({ min: 1, max: 50 }) })
const pauses = fc.array(fc.nat({ max: 30 }), { maxLength: 80 })

describe('RateGate', () => {
  it('lets as many through at once as the limit, and the next when the first is an interval old', () => {
    const gate = new RateGate({ limit: 3, intervalMs: 1_000 })
    for (const now of [0, 10, 20]) {
      expect(gate.freeAt()).toBeLessThanOrEqual(now)
      gate.take(now)
    }
    expect(gate.freeAt()).toBe(1_000)
    gate.take(1_000)
    expect(gate.freeAt()).toBe(1_010)
  })

  it('never lets more than the limit through in any period, and never waits without need', () => {
    fc.assert(
      fc.property(rates, pauses, (rate, waits) => {
        const gate = new RateGate(rate)
        const taken: number[] = []
        let now = 1_000
        for (const wait of waits) {
          now += wait
          const isFree = gate.freeAt() <= now
          const recent = taken.filter((at) => at > now - rate.intervalMs)
          expect(isFree).toBe(recent.length < rate.limit)
          if (!isFree) continue
          gate.take(now)
          taken.push(now)
        }
        for (const from of taken) {
          const inPeriod = taken.filter((at) => at >= from && at < from + rate.intervalMs)
          expect(inPeriod.length).toBeLessThanOrEqual(rate.limit)
        }
      }),
    )
  })

  it('is free at the instant it names', () => {
    fc.assert(
      fc.property(rates, fc.integer({ min: 1, max: 40 }), (rate, count) => {
        const gate = new RateGate(rate)
        let now = 0
        for (let i = 0; i < count; i++) {
          now = Math.max(now, gate.freeAt())
          gate.take(now)
        }
        expect(now).toBe(Math.floor((count - 1) / rate.limit) * rate.intervalMs)
      }),
    )
  })
})
