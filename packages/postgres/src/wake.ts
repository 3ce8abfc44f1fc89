import { Debounce } from './debounce.js'
import type { Timers } from './timers.js'
import { WakeAttempt, type WakeAttemptParams } from './wake-attempt.js'

/** Wakes of all senders within this time are one, in ms. */
const DELAY_MS = 10
/** How long after a lost connection the next is tried, in ms: doubling, up to the second. */
const FIRST_RECONNECT_MS = 100
const MAX_RECONNECT_MS = 30_000

export interface WakeParams extends Omit<WakeAttemptParams, 'onChange' | 'onLost'> {
  readonly timers: Timers
}

/** Hears of changes by others, as long as somebody listens here; comes back by itself when its connection is lost. */
export class Wake {
  readonly #params: WakeParams
  readonly #listeners = new Set<() => void>()
  readonly #soon: Debounce
  #attempt: WakeAttempt | undefined
  #reconnectMs = FIRST_RECONNECT_MS
  #cancelTimer: (() => void) | undefined
  #isStopped = false

  constructor(params: WakeParams) {
    this.#params = params
    this.#soon = new Debounce(params.timers, DELAY_MS, () => this.#tell())
  }

  /** Returns the way to stop listening. */
  add(listener: () => void): () => void {
    if (this.#isStopped) return () => {}
    // A function may be added twice, and each time is ended by itself.
    const own = () => listener()
    this.#listeners.add(own)
    if (this.#attempt === undefined && this.#cancelTimer === undefined) this.#connect()
    return () => {
      if (this.#listeners.delete(own) && this.#listeners.size === 0) this.#disconnect()
    }
  }

  /** For good. */
  stop(): void {
    this.#isStopped = true
    this.#listeners.clear()
    this.#disconnect()
  }

  #connect(): void {
    const attempt = new WakeAttempt({
      ...this.#params,
      onChange: () => this.#soon.ask(),
      onLost: () => this.#reconnect(attempt),
    })
    this.#attempt = attempt
    void attempt.begin().then((isListening) => {
      if (!isListening || this.#attempt !== attempt) return
      this.#reconnectMs = FIRST_RECONNECT_MS
      // Whatever was said before was not heard.
      this.#soon.ask()
    })
  }

  #reconnect(lost: WakeAttempt): void {
    if (this.#attempt !== lost) return
    this.#attempt = undefined
    this.#cancelTimer = this.#params.timers.after(this.#reconnectMs, () => {
      this.#cancelTimer = undefined
      this.#connect()
    })
    this.#reconnectMs = Math.min(this.#reconnectMs * 2, MAX_RECONNECT_MS)
  }

  #disconnect(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    this.#soon.cancel()
    this.#attempt?.end()
    this.#attempt = undefined
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener()
  }
}
