import { Debounce } from './debounce.js'
import type { PostgresNotification } from './driver.js'
import { payloadOf } from './notifier.js'
import { quotedName } from './schema-name.js'
import { Session } from './session.js'
import type { KeptClient } from './source.js'
import type { Timers } from './timers.js'

/** Wakes of all senders within this time are one, in ms. */
const DELAY_MS = 10
/** How long after a lost connection the next is tried, in ms: doubling, up to the second. */
const FIRST_RECONNECT_MS = 100
const MAX_RECONNECT_MS = 30_000

export interface WakeParams {
  readonly channel: string
  readonly sender: string
  readonly timers: Timers
  readonly keep: () => Promise<KeptClient>
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
    const connection = new Listening(this.#params, {
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

interface ListeningEvents {
  readonly onChange: () => void
  readonly onLost: () => void
}

/** One connection that listens, until it is lost or ended. */
class Listening {
  readonly #params: WakeParams
  readonly #events: ListeningEvents
  #kept: KeptClient | undefined
  #isOver = false

  constructor(params: WakeParams, events: ListeningEvents) {
    this.#params = params
    this.#events = events
  }

  /** True once it listens. */
  async begin(): Promise<boolean> {
    try {
      const kept = await this.#params.keep()
      this.#kept = kept
      if (this.#isOver) kept.end()
      else await this.#listen(kept)
    } catch {
      this.#lose()
    }
    return !this.#isOver
  }

  end(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#kept?.end()
  }

  async #listen({ client }: KeptClient): Promise<void> {
    client.on('error', () => this.#lose())
    client.on('end', () => this.#lose())
    client.on('notification', (message) => this.#hear(message))
    await new Session(client, '').command(`listen ${quotedName(this.#params.channel)}`)
  }

  #hear({ channel, payload = '' }: PostgresNotification): void {
    const isOurs = channel === this.#params.channel && payload.startsWith(payloadOf(''))
    if (isOurs && payload !== payloadOf(this.#params.sender)) this.#events.onChange()
  }

  #lose(): void {
    if (this.#isOver) return
    this.end()
    this.#events.onLost()
  }
}
