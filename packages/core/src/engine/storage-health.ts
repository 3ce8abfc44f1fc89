import { retryDelayMs } from '../domain/retry-delay.js'
import { BroadsideError, isBroadsideError } from '../model/error.js'
import type { Clock } from './clock.js'
import type { Events } from './events.js'
import { Sleepers } from './sleepers.js'

const BACKOFF = { maxAttempts: 1, baseDelayMs: 100, maxDelayMs: 30_000 }

/** Whether the storage works, as the last calls told. While outcomes can't be written, nothing new is claimed. */
export class StorageHealth {
  readonly #clock: Clock
  readonly #events: Events
  readonly #sleepers: Sleepers
  #failures = 0
  #stuck = 0

  constructor(ports: { readonly clock: Clock; readonly events: Events }) {
    this.#clock = ports.clock
    this.#events = ports.events
    this.#sleepers = new Sleepers(ports.clock)
  }

  /** True while some write is being repeated. */
  get isStuck(): boolean {
    return this.#stuck > 0
  }

  succeeded(): void {
    if (this.#failures === 0 || this.#stuck > 0) return
    this.#failures = 0
    this.#events.emit('storage:recovered', {})
  }

  /** Takes note of a failure; returns how long to wait before the next try, in ms. */
  failed(cause: unknown): number {
    this.#failures += 1
    const delayMs = retryDelayMs(BACKOFF, this.#failures, 1)
    this.#events.emit('storage:trouble', { error: storageError(cause), retryAt: this.#clock.now() + delayMs })
    return delayMs
  }

  /** Repeats `call` until it succeeds or `giveUp` says so; then it rejects with the last error. */
  async insist<T>(call: () => Promise<T>, giveUp: (error: unknown) => boolean): Promise<T> {
    try {
      const value = await call()
      this.succeeded()
      return value
    } catch (error) {
      if (giveUp(error)) throw storageError(error)
      return this.#repeat(call, { giveUp, error })
    }
  }

  /** Cuts the waiting between repeats short. */
  hurry(): void {
    this.#sleepers.wakeAll()
  }

  async #repeat<T>(call: () => Promise<T>, last: { giveUp: (error: unknown) => boolean; error: unknown }): Promise<T> {
    this.#stuck += 1
    let { error } = last
    try {
      for (;;) {
        await this.#sleepers.sleep(this.failed(error))
        try {
          return await call()
        } catch (again) {
          error = again
          if (last.giveUp(error)) throw storageError(error)
        }
      }
    } finally {
      this.#stuck -= 1
      this.succeeded()
    }
  }
}

/** The one error class for whatever a storage threw. */
export function storageError(cause: unknown): BroadsideError {
  if (isBroadsideError(cause)) return cause
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new BroadsideError('STORAGE_FAILED', `The storage failed: ${reason}`, { cause })
}
