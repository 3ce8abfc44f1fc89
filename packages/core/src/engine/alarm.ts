import type { Clock } from './clock.js'

/** A timer of the platform stands still while a laptop sleeps, and knows nothing of a clock that is set: look at the clock at least this often, in ms. */
const LOOK_MS = 30_000

/**
 * Calls `ring` once the clock shows `at`, also when the clock was put forward or the host asleep meanwhile; and when as much time has passed as was
 * left then, also when the clock was put back. One timer; returns the way to call it off.
 */
export function alarmAt(clock: Clock, at: number, ring: () => void): () => void {
  const dueElapsed = clock.elapsed() + Math.max(0, at - clock.now())
  let cancel = (): void => undefined
  const look = (): void => {
    const leftMs = Math.min(at - clock.now(), dueElapsed - clock.elapsed())
    if (leftMs <= 0) ring()
    else arm(leftMs)
  }
  const arm = (leftMs: number): void => {
    cancel = clock.setTimer(Math.min(leftMs, LOOK_MS), look)
  }
  arm(Math.max(0, at - clock.now()))
  return () => cancel()
}

/** The first of several instants, of which some may be unknown. */
export function earliest(instants: readonly (number | undefined)[]): number | undefined {
  const known = instants.filter((at) => at !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}
