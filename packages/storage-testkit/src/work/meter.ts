import assert from 'node:assert/strict'
import { NO_WORK, type Work, workBetween } from './work.js'

/** Makes calls on a storage and keeps what each of them took. */
export class Meter {
  readonly #look: () => Work | Promise<Work>
  readonly #measured = new Map<string, Work>()

  constructor(look: () => Work | Promise<Work>) {
    this.#look = look
  }

  /** The names of the calls that were made. */
  get names(): readonly string[] {
    return [...this.#measured.keys()]
  }

  /** What a call took. */
  of(name: string): Work {
    const work = this.#measured.get(name)
    assert.ok(work, `${name} was measured`)
    return work ?? NO_WORK
  }

  /** `name` says what the call is, in the words of a report. */
  async measure<T>(name: string, call: () => Promise<T>): Promise<T> {
    const before = await this.#look()
    const result = await call()
    this.#measured.set(name, workBetween(before, await this.#look()))
    return result
  }
}
