/**
 * How fast a job goes, learnt from its leases. From it follow how much a claim takes (about a second's work, so that no lease lies on items that
 * can't start soon and others get their turn) and how many items are marked as started ahead (about 50 ms' work: that bounds what a crash can send twice).
 */
export class JobPace {
  readonly #minimum: number
  readonly #maximum: number
  #itemsPerSecond: number | undefined

  /** `minimum`: what keeps the providers busy, one item at least; `maximum`: the most a claim may take. */
  constructor(bounds: { readonly minimum: number; readonly maximum: number }) {
    this.#minimum = Math.min(Math.max(1, bounds.minimum), bounds.maximum)
    this.#maximum = bounds.maximum
  }

  /** `items` went out in `elapsedMs`. */
  observe(items: number, elapsedMs: number): void {
    const seen = (items * 1000) / Math.max(elapsedMs, 1)
    this.#itemsPerSecond = this.#itemsPerSecond === undefined ? seen : (this.#itemsPerSecond + seen) / 2
  }

  get claimSize(): number {
    return this.#clamp(this.#itemsPerSecond ?? 0)
  }

  /** What keeps the providers busy, and no more: for jobs whose items in doubt are held for a person. */
  get leastAhead(): number {
    return this.#minimum
  }

  get startAhead(): number {
    return this.#clamp((this.#itemsPerSecond ?? 0) * 0.05)
  }

  #clamp(items: number): number {
    return Math.min(this.#maximum, Math.max(this.#minimum, Math.floor(items)))
  }
}
