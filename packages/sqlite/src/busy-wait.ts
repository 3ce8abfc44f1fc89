import { isBusy } from './sqlite-error.js'
import type { Timers } from './timers.js'

export interface BusyWait {
  readonly timers: Timers
  /** How long a call waits for a lock that another connection holds, in ms. */
  readonly limitMs: number
}

const FIRST_DELAY_MS = 1
/** Short, since nobody queues for the lock: who looks seldom finds it taken by one who writes all the time. */
const LONGEST_DELAY_MS = 8

/**
 * Makes an attempt until it no longer meets a lock, and gives up with the error it met last. SQLite's own busy timeout is
 * not used: it would stop the event loop of the host, and with it, perhaps, the very transaction that it waits for.
 */
export async function untilNotBusy<T>({ timers, limitMs }: BusyWait, attempt: () => T | Promise<T>): Promise<T> {
  const startedAt = timers.elapsed()
  for (let delayMs = FIRST_DELAY_MS; ; delayMs = Math.min(delayMs * 2, LONGEST_DELAY_MS)) {
    try {
      return await attempt()
    } catch (error) {
      if (!isBusy(error) || timers.elapsed() - startedAt >= limitMs) throw error
    }
    await timers.delay(delayMs)
  }
}
