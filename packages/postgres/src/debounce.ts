import type { Timers } from './timers.js'

/** Does something a short time after it was asked to, once for all who asked meanwhile. */
export class Debounce {
  readonly #timers: Timers
  readonly #delayMs: number
  readonly #act: () => void
  #cancelTimer: (() => void) | undefined

  constructor(timers: Timers, delayMs: number, act: () => void) {
    this.#timers = timers
    this.#delayMs = delayMs
    this.#act = act
  }

  get isPending(): boolean {
    return this.#cancelTimer !== undefined
  }

  ask(): void {
    this.#cancelTimer ??= this.#timers.after(this.#delayMs, () => {
      this.#cancelTimer = undefined
      this.#act()
    })
  }

  cancel(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
  }
}
