import type { Clock } from './clock.js'

/** A clock that stands still until told. */
export interface ManualClock extends Clock {
  /** Moves time forward by `byMs`, firing the timers on the way in order, and lets what they set off run in between. */
  advance(byMs: number): Promise<void>
  /** Moves time forward to an instant, as `advance` does. @throws RangeError for one that has passed: `jumpTo` sets the clock back. */
  advanceTo(at: number): Promise<void>
  /**
   * Sets the clock to an instant. Ahead, as a laptop does that was asleep: what is overdue fires only then. Back, as a clock does that is
   * set right: time for measuring goes on, and timers come when they would have come.
   */
  jumpTo(at: number): Promise<void>
  /** Timers that are set. */
  readonly pendingTimers: number
}

interface Timer {
  /** In time for measuring. */
  readonly dueAt: number
  readonly fn: () => void
}

/** A clock for tests: time passes only by `advance`, `advanceTo` and `jumpTo`. `startAt` is in ms since the epoch. */
export function manualClock(startAt = 0): ManualClock {
  let elapsed = 0
  let offset = startAt
  const timers = new Set<Timer>()

  const nextBy = (limit: number): Timer | undefined => {
    let next: Timer | undefined
    for (const timer of timers) {
      if (timer.dueAt <= limit && (next === undefined || timer.dueAt < next.dueAt)) next = timer
    }
    return next
  }
  const fireUntil = async (limit: number): Promise<void> => {
    await drain()
    for (let timer = nextBy(limit); timer !== undefined; timer = nextBy(limit)) {
      timers.delete(timer)
      elapsed = Math.max(elapsed, timer.dueAt)
      timer.fn()
      await drain()
    }
  }
  const advanceUntil = async (limit: number): Promise<void> => {
    await fireUntil(limit)
    elapsed = limit
  }

  return {
    now: () => offset + elapsed,
    elapsed: () => elapsed,
    yieldToHost: () => new Promise((resolve) => setImmediate(resolve)),
    setTimer(delayMs, fn) {
      const timer = { dueAt: elapsed + Math.max(0, delayMs), fn }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    advance: (byMs) => advanceUntil(elapsed + byMs),
    async advanceTo(at) {
      if (!(at >= offset + elapsed)) throw new RangeError(`The clock is past ${at} already; jumpTo sets it back.`)
      await advanceUntil(at - offset)
    },
    async jumpTo(at) {
      elapsed += Math.max(0, at - (offset + elapsed))
      offset = at - elapsed
      await fireUntil(elapsed)
    },
    get pendingTimers() {
      return timers.size
    },
  }
}

/** Lets everything that waits for nothing but the event loop come to rest. */
async function drain(): Promise<void> {
  for (let round = 0; round < 20; round++) await new Promise((resolve) => setImmediate(resolve))
}
