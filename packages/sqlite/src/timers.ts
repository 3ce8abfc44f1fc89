import { performance } from 'node:perf_hooks'

/** Everything in this package that has to do with passing time. None of it decides what is stored: instants are arguments. */
export interface Timers {
  /** Resolves after `ms` milliseconds; keeps the process alive, since a call waits for it. */
  delay(ms: number): Promise<void>
  /** Resolves in the next turn of the event loop. */
  turn(): Promise<void>
  /** Calls `tick` every `ms` milliseconds until the returned function is called; does not keep the process alive. */
  every(ms: number, tick: () => void): () => void
  /** Milliseconds on a clock that never goes back, from an arbitrary zero. */
  elapsed(): number
}

export const systemTimers: Timers = {
  delay: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  turn: () => new Promise((resolve) => setImmediate(resolve)),
  every: (ms, tick) => {
    const timer = setInterval(tick, ms).unref()
    return () => clearInterval(timer)
  },
  elapsed: () => performance.now(),
}
