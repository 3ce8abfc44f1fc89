/** Sendings that are due and wait until an engine with its hands full has room for them: since when. */
export class SendingQueue {
  readonly #since = new Map<string, number>()

  /** It waits from `now` on, unless it does already. */
  enter(sendingId: string, now: number): void {
    if (!this.#since.has(sendingId)) this.#since.set(sendingId, now)
  }

  since(sendingId: string): number | undefined {
    return this.#since.get(sendingId)
  }

  /** Whoever is not due any more does not wait any more. */
  keepOnly(due: readonly { readonly id: string }[]): void {
    const ids = new Set(due.map(({ id }) => id))
    for (const id of this.#since.keys()) if (!ids.has(id)) this.#since.delete(id)
  }
}
