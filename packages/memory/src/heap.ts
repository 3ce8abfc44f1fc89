/** A binary heap: `peek` and `pop` give the entry that comes first in the order it was made with. */
export class Heap<Entry> {
  readonly #comesBefore: (a: Entry, b: Entry) => boolean
  readonly #entries: Entry[] = []

  constructor(comesBefore: (a: Entry, b: Entry) => boolean) {
    this.#comesBefore = comesBefore
  }

  get size(): number {
    return this.#entries.length
  }

  peek(): Entry | undefined {
    return this.#entries[0]
  }

  push(entry: Entry): void {
    const entries = this.#entries
    let at = entries.length
    while (at > 0) {
      const parentAt = (at - 1) >> 1
      const parent = entries[parentAt] as Entry
      if (!this.#comesBefore(entry, parent)) break
      entries[at] = parent
      at = parentAt
    }
    entries[at] = entry
  }

  pop(): Entry | undefined {
    const entries = this.#entries
    const first = entries[0]
    const last = entries.pop()
    if (entries.length > 0 && last !== undefined) this.#sink(last)
    return first
  }

  /** Puts `entry` in the place of the first one and moves it down to where it belongs. */
  #sink(entry: Entry): void {
    const entries = this.#entries
    let at = 0
    for (;;) {
      const childAt = this.#firstChildOf(at)
      const child = entries[childAt]
      if (child === undefined || !this.#comesBefore(child, entry)) break
      entries[at] = child
      at = childAt
    }
    entries[at] = entry
  }

  #firstChildOf(at: number): number {
    const leftAt = 2 * at + 1
    const left = this.#entries[leftAt]
    const right = this.#entries[leftAt + 1]
    return left !== undefined && right !== undefined && this.#comesBefore(right, left) ? leftAt + 1 : leftAt
  }
}
