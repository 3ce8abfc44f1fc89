import type { Timers } from '../src/timers.js'

/** Time that goes by when a test says so. */
export class ManualTimers implements Timers {
  readonly #pending = new Map<number, { readonly at: number; readonly act: () => void }>()
  #now = 0
  #made = 0

  delay(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve))
  }

  after(ms: number, act: () => void): () => void {
    const id = this.#made++
    this.#pending.set(id, { at: this.#now + ms, act })
    return () => this.#pending.delete(id)
  }

  /** How long it is to each timer that is set, in ms, ascending. */
  get waiting(): readonly number[] {
    return [...this.#pending.values()].map(({ at }) => at - this.#now).sort((a, b) => a - b)
  }

  advance(ms: number): void {
    this.#now += ms
    for (const [id, { at, act }] of [...this.#pending]) {
      if (at <= this.#now && this.#pending.delete(id)) act()
    }
  }
}
