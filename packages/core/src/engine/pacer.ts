import type { Clock } from './clock.js'

/** Gives the host's event loop its turn: work that goes on for longer than a slice yields in between. */
export class Pacer {
  readonly #clock: Clock
  readonly #sliceMs: number
  #since: number
  #breath: Promise<void> | undefined

  constructor(clock: Clock, sliceMs = 5) {
    this.#clock = clock
    this.#sliceMs = sliceMs
    this.#since = clock.elapsed()
  }

  /** True when the slice is used up: call {@link breathe} then. */
  get isDue(): boolean {
    return this.#clock.elapsed() - this.#since >= this.#sliceMs
  }

  /** All that yield at once go on at once, and share the next slice: one after the other, each with a slice of its own, would keep the host waiting. */
  breathe(): Promise<void> {
    this.#breath ??= this.#clock.yieldToHost().finally(() => {
      this.#since = this.#clock.elapsed()
      this.#breath = undefined
    })
    return this.#breath
  }
}
