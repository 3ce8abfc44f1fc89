import { Debounce } from './debounce.js'
import { Listening, type ListeningParams } from './listening.js'
import type { Timers } from './timers.js'

/** Wakes of all senders within this time are one, in ms. */
const DELAY_MS = 10
/** How long after a lost connection the next is tried, in ms: doubling, up to the second. */
const FIRST_RECONNECT_MS = 100
const MAX_RECONNECT_MS = 30_000

export interface WakeParams extends Omit<ListeningParams, 'onChange' | 'onLost'> {
  readonly timers: Timers
}

/** Listens on a connection of its own, as long as somebody listens here; comes back by itself when that is lost. */
export class Wake {
  readonly #params: WakeParams
  readonly #listeners = new Set<() => void>()
  readonly #soon: Debounce
  #connection: Listening | undefined
  #reconnectMs = FIRST_RECONNECT_MS
  #cancelTimer: (() => void) | undefined

  constructor(params: WakeParams) {
    this.#params = params
    this.#soon = new Debounce(params.timers, DELAY_MS, () => this.#tell())
  }

  /** Returns the way to stop listening. */
  add(listener: () => void): () => void {
    // A function may be added twice, and each time is ended by itself.
    const own = () => listener()
    this.#listeners.add(own)
    if (this.#connection === undefined && this.#cancelTimer === undefined) this.#connect()
    return () => {
      if (this.#listeners.delete(own) && this.#listeners.size === 0) this.#disconnect()
    }
  }

  stop(): void {
    this.#listeners.clear()
    this.#disconnect()
  }

  #connect(): void {
    const connection = new Listening({
      ...this.#params,
      onChange: () => this.#soon.ask(),
      onLost: () => this.#reconnect(connection),
    })
    this.#connection = connection
    void connection.begin().then((isListening) => {
      if (!isListening || this.#connection !== connection) return
      this.#reconnectMs = FIRST_RECONNECT_MS
      // Whatever was said before was not heard.
      this.#soon.ask()
    })
  }

  #reconnect(lost: Listening): void {
    if (this.#connection !== lost) return
    this.#connection = undefined
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
    this.#connection?.end()
    this.#connection = undefined
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener()
  }
}
