import { Listening } from './listening.js'
import type { KeptClient, Listener } from './source.js'

/** The one connection by which all who share a pool listen: it is made for the first of them, and again after it was lost. */
export class SharedListening {
  readonly #keep: () => Promise<KeptClient>
  #current: Promise<Listening> | undefined

  constructor(keep: () => Promise<KeptClient>) {
    this.#keep = keep
  }

  /** Resolves, once it listens, to the way to end that. */
  async add(listener: Listener): Promise<() => void> {
    for (;;) {
      const listening = await this.#connected()
      if (!listening.isOver) return listening.add(listener)
    }
  }

  /** What was lost since, or could not be made, is left behind by the first who finds out. */
  async #connected(): Promise<Listening> {
    this.#current ??= this.#keep().then((kept) => new Listening(kept))
    const current = this.#current
    try {
      const listening = await current
      if (listening.isOver) this.#leave(current)
      return listening
    } catch (error) {
      this.#leave(current)
      throw error
    }
  }

  #leave(left: Promise<Listening>): void {
    if (this.#current === left) this.#current = undefined
  }
}
