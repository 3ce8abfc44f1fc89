/** What several lanes take from, front to back. */
export class WorkList<T> {
  readonly #items: readonly T[]
  #next = 0

  constructor(items: readonly T[]) {
    this.#items = items
  }

  /** How many are left. */
  get size(): number {
    return this.#items.length - this.#next
  }

  take(count: number): readonly T[] {
    const taken = this.#items.slice(this.#next, this.#next + count)
    this.#next += taken.length
    return taken
  }
}
