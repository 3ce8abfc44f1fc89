/** Tells everybody who listens that something may have changed, once for all changes of one turn of the event loop. */
export class WakeListeners {
  readonly #listeners = new Set<() => void>()
  #scheduled = false

  /** Adds a listener and returns the way to remove it. A function added twice is called twice. */
  add(listener: () => void): () => void {
    const call = () => listener()
    this.#listeners.add(call)
    return () => {
      this.#listeners.delete(call)
    }
  }

  notify(): void {
    if (this.#scheduled || this.#listeners.size === 0) return
    this.#scheduled = true
    queueMicrotask(() => {
      this.#scheduled = false
      // Each in a turn of its own: one that throws does not keep the others asleep.
      for (const listener of this.#listeners) queueMicrotask(listener)
    })
  }
}
