/** Counts by code; a code whose count comes down to zero is gone. */
export class CodeTally {
  readonly #counts = new Map<string, number>()

  add(code: string | undefined, count = 1): void {
    if (code === undefined || count === 0) return
    const sum = (this.#counts.get(code) ?? 0) + count
    if (sum === 0) this.#counts.delete(code)
    else this.#counts.set(code, sum)
  }

  entries(): Iterable<[string, number]> {
    return this.#counts.entries()
  }

  clear(): void {
    this.#counts.clear()
  }

  /** A fresh object; any text is a plain key of it, `__proto__` too. */
  toRecord(): Record<string, number> {
    return Object.fromEntries(this.#counts)
  }
}
