import type { Storage } from '../storage/storage.js'
import type { Clock } from './clock.js'

/** The offset is looked at again after this long, in ms: clocks of hosts drift by seconds a day. */
const REFRESH_MS = 60_000

/** A clock that shows the storage's time, so that engines on several hosts agree on when a lease ends. Measures and waits by the host's. */
export class SharedClock implements Clock {
  readonly #host: Clock
  readonly #storage: Pick<Storage, 'clock'>
  #offsetMs = 0
  #refreshedAt = Number.NEGATIVE_INFINITY

  constructor(host: Clock, storage: Pick<Storage, 'clock'>) {
    this.#host = host
    this.#storage = storage
  }

  now(): number {
    return this.#host.now() + this.#offsetMs
  }

  elapsed(): number {
    return this.#host.elapsed()
  }

  setTimer(delayMs: number, fn: () => void): () => void {
    return this.#host.setTimer(delayMs, fn)
  }

  yieldToHost(): Promise<void> {
    return this.#host.yieldToHost()
  }

  /** Looks at the storage's time, if it has one and the last look is a while ago. Takes the answer to be of the middle of the call. */
  async refresh(): Promise<void> {
    if (this.#storage.clock === undefined || this.#host.elapsed() - this.#refreshedAt < REFRESH_MS) return
    const before = this.#host.now()
    const time = await this.#storage.clock()
    const after = this.#host.now()
    this.#offsetMs = Math.round(time - (before + after) / 2)
    this.#refreshedAt = this.#host.elapsed()
  }
}
