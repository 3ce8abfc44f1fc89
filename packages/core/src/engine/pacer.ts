import type { Clock } from './clock.js'

/** Gives the host's event loop its turn: work that goes on for longer than a slice yields in between. */
export class Pacer {
  readonly #clock: Clock
  readonly #sliceMs: number
  #since: number

  constructor(clock: Clock, sliceMs = 5) {
    this.#clock = clock
    this.#sliceMs = sliceMs
    this.#since = clock.elapsed()
  }

  /** True when the slice is used up: call {@link breathe} then. */
  get isDue(): boolean {
    return this.#clock.elapsed() - this.#since >= this.#sliceMs
  }

  async breathe(): Promise<void> {
    await this.#clock.yieldToHost()
    this.#since = this.#clock.elapsed()
  }
}
