import { describe, expect, it } from 'vitest'
import type { Clock } from './clock.js'
import { Pacer } from './pacer.js'

/** A clock that tells how often the host had its turn, and on which work takes time when it says so. */
function clockOf() {
  let elapsedMs = 0
  const clock = {
    turns: 0,
    work: (ms: number) => {
      elapsedMs += ms
    },
    now: () => elapsedMs,
    elapsed: () => elapsedMs,
    yieldToHost: () =>
      new Promise<void>((resolve) => {
        setImmediate(() => {
          clock.turns += 1
          resolve()
        })
      }),
    setTimer: () => () => undefined,
  }
  return clock satisfies Clock
}

describe('Pacer', () => {
  it('is due when a slice is used up, and not after the host had its turn', async () => {
    const clock = clockOf()
    const pacer = new Pacer(clock, 5)
    clock.work(4)
    expect(pacer.isDue).toBe(false)
    clock.work(1)
    expect(pacer.isDue).toBe(true)
    await pacer.breathe()
    expect([pacer.isDue, clock.turns]).toEqual([false, 1])
  })

  it('gives the host its turn as often for many who work at once as for one', async () => {
    const clock = clockOf()
    const pacer = new Pacer(clock, 5)
    const lane = async (): Promise<void> => {
      for (let step = 0; step < 10; step++) {
        clock.work(1)
        await undefined
        if (pacer.isDue) await pacer.breathe()
      }
    }
    let longestMs = 0
    let seenAt = 0
    const watch = (): void => {
      longestMs = Math.max(longestMs, clock.elapsed() - seenAt)
      seenAt = clock.elapsed()
      watching = setImmediate(watch)
    }
    let watching = setImmediate(watch)
    await Promise.all(Array.from({ length: 20 }, lane))
    clearImmediate(watching)
    // A slice, and the step that each of the twenty was at when it was used up.
    expect(longestMs).toBeLessThanOrEqual(5 + 20)
    expect(clock.turns).toBeGreaterThanOrEqual(8)
  })
})
