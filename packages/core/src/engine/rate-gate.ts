import type { Rate } from '../model/delivery-options.js'

/** Keeps within `limit` messages in any period of `intervalMs`, in this process. Remembers the instants of the last `limit` permits. */
export class RateGate {
  readonly #rate: Rate
  readonly #takenAt: number[] = []
  #oldest = 0

  constructor(rate: Rate) {
    this.#rate = rate
  }

  /** When the next permit is free, in the time of `take`'s `now`: at or before it if it is free already. */
  freeAt(): number {
    const { limit, intervalMs } = this.#rate
    return this.#takenAt.length < limit ? Number.NEGATIVE_INFINITY : (this.#takenAt[this.#oldest] ?? 0) + intervalMs
  }

  /** `now`: time for measuring, in ms, so that a clock that is set right makes nobody wait longer. */
  take(now: number): void {
    if (this.#takenAt.length < this.#rate.limit) {
      this.#takenAt.push(now)
      return
    }
    this.#takenAt[this.#oldest] = now
    this.#oldest = (this.#oldest + 1) % this.#rate.limit
  }
}
