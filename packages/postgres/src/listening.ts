import type { PostgresNotification } from './driver.js'
import { Mutex } from './mutex.js'
import { quotedName } from './schema-name.js'
import { Session } from './session.js'
import type { KeptClient, Listener } from './source.js'

/** One connection that listens for several, until it is lost or the last of them has ended. */
export class Listening {
  readonly #kept: KeptClient
  readonly #session: Session
  readonly #turns = new Mutex()
  readonly #listeners = new Set<Listener>()
  #isOver = false

  constructor(kept: KeptClient) {
    this.#kept = kept
    this.#session = new Session(kept.client, '')
    kept.client.on('error', () => this.#lose())
    kept.client.on('end', () => this.#lose())
    kept.client.on('notification', (message) => this.#hear(message))
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** Resolves, once it listens, to the way to end that. */
  async add(listener: Listener): Promise<() => void> {
    this.#listeners.add(listener)
    try {
      await this.#turns.run(() => this.#session.command(`listen ${quotedName(listener.channel)}`))
    } catch (error) {
      this.#listeners.delete(listener)
      this.#lose()
      throw error
    }
    return () => this.#remove(listener)
  }

  #remove(listener: Listener): void {
    if (!this.#listeners.delete(listener) || this.#isOver) return
    if (this.#listeners.size === 0) this.#end()
    else void this.#turns.run(() => this.#unlisten(listener.channel)).catch(() => this.#lose())
  }

  async #unlisten(channel: string): Promise<void> {
    const isWanted = [...this.#listeners].some((other) => other.channel === channel)
    if (!isWanted && !this.#isOver) await this.#session.command(`unlisten ${quotedName(channel)}`)
  }

  #hear({ channel, payload = '' }: PostgresNotification): void {
    for (const listener of [...this.#listeners]) if (listener.channel === channel) listener.onMessage(payload)
  }

  #end(): void {
    this.#isOver = true
    this.#kept.end()
  }

  #lose(): void {
    if (this.#isOver) return
    this.#end()
    const listeners = [...this.#listeners]
    this.#listeners.clear()
    for (const listener of listeners) listener.onLost()
  }
}
