import type { Clock } from './clock.js'

/** A clock that stands still until told. */
export interface ManualClock extends Clock {
  /** Moves time forward by `byMs`, firing the timers on the way in order, and lets what they set off run in between. */
  advance(byMs: number): Promise<void>
  /** Jumps to an instant without firing in order: what is overdue then fires at once. As a laptop does that was asleep. */
  jumpTo(at: number): Promise<void>
  /** Timers that are set. */
  readonly pendingTimers: number
}

interface Timer {
  readonly at: number
  readonly fn: () => void
}

/** A clock for tests: time passes only by `advance` and `jumpTo`. `startAt` is in ms since the epoch. */
export function manualClock(startAt = 0): ManualClock {
  let now = startAt
  const timers = new Set<Timer>()

  const nextBy = (limit: number): Timer | undefined => {
    let next: Timer | undefined
    for (const timer of timers) {
      if (timer.at <= limit && (next === undefined || timer.at < next.at)) next = timer
    }
    return next
  }
  const fireUntil = async (limit: number): Promise<void> => {
    await drain()
    for (let timer = nextBy(limit); timer !== undefined; timer = nextBy(limit)) {
      timers.delete(timer)
      now = Math.max(now, timer.at)
      timer.fn()
      await drain()
    }
  }

  return {
    now: () => now,
    elapsed: () => now,
    yieldToHost: () => new Promise((resolve) => setImmediate(resolve)),
    setTimer(delayMs, fn) {
      const timer = { at: now + Math.max(0, delayMs), fn }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    async advance(byMs) {
      const limit = now + byMs
      await fireUntil(limit)
      now = limit
    },
    async jumpTo(at) {
      now = at
      await fireUntil(at)
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
