/** Time, as the engine sees it. Tests use {@link manualClock}. */
export interface Clock {
  /** Now, in ms since the epoch. */
  now(): number
  /** Calls `fn` once, `delayMs` from now; returns the way to call it off. */
  setTimer(delayMs: number, fn: () => void): () => void
  /** Time for measuring, in ms; never runs backwards. */
  elapsed(): number
  /** Lets the host's event loop go round once. */
  yieldToHost(): Promise<void>
}

// A longer setTimeout fires at once.
const LONGEST_TIMER_MS = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  yieldToHost: () => new Promise((resolve) => setImmediate(resolve)),
  setTimer(delayMs, fn) {
    let timer: NodeJS.Timeout
    const arm = (leftMs: number): void => {
      const stepMs = Math.min(leftMs, LONGEST_TIMER_MS)
      timer = setTimeout(() => (leftMs > stepMs ? arm(leftMs - stepMs) : fn()), stepMs)
    }
    arm(Math.max(0, delayMs))
    return () => clearTimeout(timer)
  },
}
