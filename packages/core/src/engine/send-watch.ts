import type { Clock } from './clock.js'

interface Watched {
  /** In time for measuring: a clock that is set right makes no send take longer. */
  readonly dueAt: number
  readonly giveUp: () => void
}

/** Bounds how long a send may take. All have the same limit, so they run out in the order in which they began: one timer is enough. */
export class SendWatch {
  readonly #clock: Clock
  readonly #limitMs: number
  readonly #watched = new Set<Watched>()
  #cancelTimer: (() => void) | undefined

  constructor(clock: Clock, limitMs: number) {
    this.#clock = clock
    this.#limitMs = limitMs
  }

  /** Resolves as `work` does, or with `tooLate()` once the limit has passed. A result that comes later is dropped. */
  watch<T>(work: PromiseLike<T>, tooLate: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const watched: Watched = { dueAt: this.#clock.elapsed() + this.#limitMs, giveUp: () => resolve(tooLate()) }
      const done = (): void => this.#remove(watched)
      this.#watched.add(watched)
      this.#arm()
      work.then(
        (value) => {
          done()
          resolve(value)
        },
        (error) => {
          done()
          reject(error)
        },
      )
    })
  }

  /** Lets go of everything that is under way, as if its time had run out. */
  giveUpAll(): void {
    for (const watched of [...this.#watched]) {
      this.#remove(watched)
      watched.giveUp()
    }
  }

  #remove(watched: Watched): void {
    this.#watched.delete(watched)
    if (this.#watched.size > 0) return
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
  }

  #arm(): void {
    const [first] = this.#watched
    if (first === undefined || this.#cancelTimer !== undefined) return
    this.#cancelTimer = this.#clock.setTimer(first.dueAt - this.#clock.elapsed(), () => this.#expire())
  }

  #expire(): void {
    this.#cancelTimer = undefined
    const now = this.#clock.elapsed()
    for (const watched of this.#watched) {
      if (watched.dueAt > now) break
      this.#watched.delete(watched)
      watched.giveUp()
    }
    this.#arm()
  }
}
