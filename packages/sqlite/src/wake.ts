import type { Lifecycle } from './lifecycle.js'
import type { Settings } from './options.js'

/** Tells listeners when another connection has written, in this process or another. Looks only while somebody listens. */
export class Wake {
  readonly #lifecycle: Lifecycle
  readonly #settings: Settings
  readonly #listeners = new Set<() => void>()
  #stop: (() => void) | undefined
  #version = 0

  constructor(lifecycle: Lifecycle, settings: Settings) {
    this.#lifecycle = lifecycle
    this.#settings = settings
  }

  /** Returns the way to stop listening. */
  add(listener: () => void): () => void {
    // A function may be added twice, and each time is ended by itself.
    const own = () => listener()
    this.#listeners.add(own)
    this.#start()
    return () => {
      this.#listeners.delete(own)
      if (this.#listeners.size === 0) this.stop()
    }
  }

  stop(): void {
    this.#stop?.()
    this.#stop = undefined
  }

  #start(): void {
    if (this.#stop) return
    this.#version = this.#lifecycle.database.dataVersion()
    this.#stop = this.#settings.timers.every(this.#settings.pollIntervalMs, () => this.#look())
  }

  #look(): void {
    const version = this.#currentVersion()
    if (version === this.#version) return
    this.#version = version
    for (const listener of [...this.#listeners]) listener()
  }

  /** A look that fails says nothing: the next one will. */
  #currentVersion(): number {
    try {
      return this.#lifecycle.database.dataVersion()
    } catch {
      return this.#version
    }
  }
}
