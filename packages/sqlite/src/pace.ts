import type { Steps } from './steps.js'
import type { Timers } from './timers.js'

/** How long we work in one turn of the event loop, in ms: with a step more and a commit on top it stays well under 25. */
const SLICE_MS = 4

/**
 * Sees to it that the event loop gets its turns. A driver that is synchronous answers within the turn it is asked in, so
 * without this a host that awaits one call after the other would come to nothing else.
 */
export class Pace {
  readonly #timers: Timers
  /** When our work in this turn of the event loop began. */
  #startedAt: number | undefined

  constructor(timers: Timers) {
    this.#timers = timers
  }

  /** To be awaited before each piece of work: waits for the next turn if this one is used up. */
  async breathe(): Promise<void> {
    if (this.#isUsedUp()) await this.#timers.turn()
    if (this.#startedAt === undefined) this.#beginTurn(this.#timers.elapsed())
  }

  /** For work that can't be cut and takes a turn's time: waits for the next turn, and uses it up. */
  async takeTurn(): Promise<void> {
    await this.#timers.turn()
    this.#beginTurn(Number.NEGATIVE_INFINITY)
  }

  /**
   * Runs work to its end, with a turn of the event loop whenever one is used up. Work that took several leaves a long commit
   * to be made: that gets a turn to itself.
   */
  async run<T>(steps: Steps<T>): Promise<T> {
    for (let cut = false; ; ) {
      const step = steps.next()
      if (step.done && cut) await this.takeTurn()
      if (step.done) return step.value
      if (!this.#isUsedUp()) continue
      await this.breathe()
      cut = true
    }
  }

  #isUsedUp(): boolean {
    return this.#startedAt !== undefined && this.#timers.elapsed() - this.#startedAt >= SLICE_MS
  }

  #beginTurn(startedAt: number): void {
    this.#startedAt = startedAt
    void this.#timers.turn().then(() => {
      this.#startedAt = undefined
    })
  }
}
