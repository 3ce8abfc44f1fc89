import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { manualClock } from './manual-clock.js'

const START = 1_768_478_400_000

describe('manualClock', () => {
  it('stands still until told', async () => {
    const clock = manualClock(START)
    let isFired = false
    clock.setTimer(0, () => {
      isFired = true
    })
    await clock.yieldToHost()
    expect([clock.now(), isFired, clock.pendingTimers]).toEqual([START, false, 1])
    await clock.advance(0)
    expect([clock.now(), isFired, clock.pendingTimers]).toEqual([START, true, 0])
  })

  it('fires timers in the order of their instants, at their instants, ties in the order they were set', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: -5, max: 40 }), { maxLength: 12 }),
        fc.nat({ max: 30 }),
        async (delays, byMs) => {
          const clock = manualClock(START)
          const fired: [number, number][] = []
          delays.forEach((delayMs, i) => {
            clock.setTimer(delayMs, () => fired.push([clock.now() - START, i]))
          })
          await clock.advance(byMs)
          const due = delays
            .map((delayMs, i): [number, number] => [Math.max(0, delayMs), i])
            .filter(([at]) => at <= byMs)
          expect(fired).toEqual(due.sort(([a, i], [b, j]) => a - b || i - j))
          expect(clock.now()).toBe(START + byMs)
          expect(clock.pendingTimers).toBe(delays.length - due.length)
        },
      ),
      { numRuns: 50 },
    )
  })

  it('fires those that timers set on the way, and lets promises run in between', async () => {
    const clock = manualClock(START)
    const seen: string[] = []
    clock.setTimer(10, () => {
      seen.push(`first at ${clock.now() - START}`)
      void Promise.resolve().then(() => clock.setTimer(5, () => seen.push(`second at ${clock.now() - START}`)))
    })
    clock.setTimer(12, () => seen.push(`third at ${clock.now() - START}`))
    await clock.advance(20)
    expect(seen).toEqual(['first at 10', 'third at 12', 'second at 15'])
  })

  it('does not fire what was called off', async () => {
    const clock = manualClock()
    const fired: string[] = []
    const cancel = clock.setTimer(5, () => fired.push('a'))
    const cancelLater = clock.setTimer(9, () => fired.push('c'))
    clock.setTimer(7, () => {
      fired.push('b')
      cancelLater()
    })
    cancel()
    cancel()
    await clock.advance(10)
    expect(fired).toEqual(['b'])
    expect(clock.pendingTimers).toBe(0)
  })

  it('advances to an instant, firing timers on the way, and never back', async () => {
    const clock = manualClock(START)
    const fired: number[] = []
    clock.setTimer(1_000, () => fired.push(clock.now() - START))
    await clock.advanceTo(START + 5_000)
    expect([fired, clock.now()]).toEqual([[1_000], START + 5_000])
    await clock.advanceTo(START + 5_000)
    await expect(clock.advanceTo(START + 4_999)).rejects.toThrow(RangeError)
    await expect(clock.advanceTo(Number.NaN)).rejects.toThrow(RangeError)
    expect(clock.now()).toBe(START + 5_000)
    await clock.jumpTo(START)
    await clock.advanceTo(START + 1)
    expect([clock.now(), clock.elapsed()]).toEqual([START + 1, 5_001])
  })

  it('wakes up late after a jump ahead, as a laptop does that was asleep', async () => {
    const clock = manualClock(START)
    const fired: number[] = []
    clock.setTimer(1_000, () => fired.push(clock.now() - START))
    clock.setTimer(2_000, () => fired.push(clock.now() - START))
    await clock.jumpTo(START + 60_000)
    expect(fired).toEqual([60_000, 60_000])
    expect(clock.elapsed()).toBe(60_000)
  })

  it('set back, goes on measuring, and timers come when they would have come', async () => {
    const clock = manualClock(START)
    const fired: number[] = []
    clock.setTimer(1_000, () => fired.push(clock.elapsed()))
    await clock.advance(400)
    await clock.jumpTo(START - 3_600_000)
    expect([clock.now(), clock.elapsed()]).toEqual([START - 3_600_000, 400])
    await clock.advance(599)
    expect(fired).toEqual([])
    await clock.advance(1)
    expect(fired).toEqual([1_000])
    expect(clock.now()).toBe(START - 3_600_000 + 600)
  })

  it('never measures backwards', async () => {
    const move = fc.oneof(
      fc.record({ by: fc.nat({ max: 1_000 }) }),
      fc.record({ to: fc.integer({ min: -1_000_000, max: 1_000_000 }) }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(move, { maxLength: 8 }), async (moves) => {
        const clock = manualClock(START)
        let [elapsed, now] = [clock.elapsed(), clock.now()]
        for (const one of moves) {
          if ('by' in one) await clock.advance(one.by)
          else await clock.jumpTo(START + one.to)
          const aheadMs = 'by' in one ? one.by : Math.max(0, START + one.to - now)
          expect(clock.elapsed()).toBe(elapsed + aheadMs)
          expect(clock.now()).toBe('by' in one ? now + one.by : START + one.to)
          ;[elapsed, now] = [clock.elapsed(), clock.now()]
        }
      }),
      { numRuns: 50 },
    )
  })
})
