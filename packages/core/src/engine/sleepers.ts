import type { Clock } from './clock.js'

/** Waiting that can be cut short for all who wait. */
export class Sleepers {
  readonly #clock: Clock
  readonly #wakes = new Set<() => void>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Resolves after `delayMs`, or at the next {@link wakeAll}. */
  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        cancel()
        this.#wakes.delete(wake)
        resolve()
      }
      const cancel = this.#clock.setTimer(delayMs, wake)
      this.#wakes.add(wake)
    })
  }

  wakeAll(): void {
    for (const wake of this.#wakes) wake()
  }
}
