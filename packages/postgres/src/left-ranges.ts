import { type FreeRange, rangesLeftBy, shrinkRange } from './ranges.js'
import type { Session, Write } from './session.js'

/** The free ranges that a lease has left behind, and what a late settle takes out of them. */
export class LeftRanges {
  readonly #job: string
  readonly #ranges: readonly { readonly range: FreeRange; open: number }[]

  private constructor(job: string, ranges: readonly FreeRange[]) {
    this.#job = job
    this.#ranges = ranges.map((range) => ({ range, open: range.open }))
  }

  static async of(session: Session, job: string, token: string): Promise<LeftRanges> {
    return new LeftRanges(job, await rangesLeftBy(session, job, token))
  }

  /** Takes out an item that was never settled; false when it is in none of the ranges. */
  take(seq: number): boolean {
    const found = this.#ranges.find(({ range }) => range.firstSeq <= seq && seq <= range.lastSeq)
    if (found) found.open -= 1
    return found !== undefined
  }

  get writes(): readonly Write[] {
    const changed = this.#ranges.filter(({ range, open }) => open !== range.open)
    return changed.map(({ range, open }) => shrinkRange(this.#job, { ...range, open }))
  }
}
