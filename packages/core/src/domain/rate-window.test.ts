import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { drain, type RateWindow } from './rate-window.js'

const rate = fc.record({ limit: fc.integer({ min: 1, max: 7 }), intervalMs: fc.integer({ min: 1, max: 50 }) })
const batches = fc.array(
  fc.record({ count: fc.integer({ min: 1, max: 30 }), afterMs: fc.integer({ min: 0, max: 120 }) }),
  { minLength: 1, maxLength: 8 },
)

describe('drain', () => {
  it('sends each message when the limit lets it, as counting message by message does', () => {
    fc.assert(
      fc.property(rate, batches, (limits, given) => {
        const sent: number[] = []
        let window: RateWindow = []
        let from = 1_000
        for (const { count, afterMs } of given) {
          from += afterMs
          const firstIndex = sent.length
          for (let i = 0; i < count; i++) {
            const before = sent[sent.length - limits.limit]
            sent.push(Math.max(from, before === undefined ? from : before + limits.intervalMs))
          }
          const drained = drain({ rate: limits, window, count, from })
          expect(drained.firstAt).toBe(sent[firstIndex])
          expect(drained.lastAt).toBe(sent.at(-1))
          window = drained.window
          expect(window.flatMap(({ at, count: many }) => new Array(many).fill(at))).toEqual(sent.slice(-limits.limit))
        }
      }),
      { numRuns: 1_000 },
    )
  })

  it('takes no longer for a billion messages', () => {
    const { firstAt, lastAt } = drain({ rate: { limit: 10, intervalMs: 1_000 }, window: [], count: 1e9, from: 0 })
    expect([firstAt, lastAt]).toEqual([0, (1e8 - 1) * 1_000])
  })
})
