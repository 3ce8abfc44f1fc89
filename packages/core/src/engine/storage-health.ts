import { retryDelayMs } from '../domain/retry-delay.js'
import type { RetryPolicy } from '../model/delivery-options.js'
import { BroadsideError, isBroadsideError } from '../model/error.js'
import type { Clock } from './clock.js'
import type { Events } from './events.js'
import { Sleepers } from './sleepers.js'

const BASE_DELAY_MS = 100
const LONGEST_DELAY_MS = 30_000
/** A storage that works again is noticed well before a lease that was extended just before it failed runs out. */
const TRIES_A_LEASE = 6

/** Whether the storage works, as the last calls told. While outcomes can't be written, nothing new is claimed. */
export class StorageHealth {
  readonly #clock: Clock
  readonly #events: Events
  readonly #sleepers: Sleepers
  readonly #backoff: RetryPolicy
  #failures = 0
  /** In time for measuring: when to try again after the failure that was counted last. */
  #retryAt = Number.NEGATIVE_INFINITY
  #stuck = 0

  constructor(ports: { readonly clock: Clock; readonly events: Events; readonly leaseMs: number }) {
    this.#clock = ports.clock
    this.#events = ports.events
    this.#sleepers = new Sleepers(ports.clock)
    const maxDelayMs = Math.min(LONGEST_DELAY_MS, ports.leaseMs / TRIES_A_LEASE)
    this.#backoff = { maxAttempts: 1, baseDelayMs: BASE_DELAY_MS, maxDelayMs }
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

  /**
   * Takes note of a failure; returns how long to wait before the next try, in ms. Calls that were under way at once fail together: however many
   * leases an engine has, that is one failure.
   */
  failed(cause: unknown): number {
    const now = this.#clock.elapsed()
    if (this.#retryAt > now) return this.#retryAt - now
    this.#failures += 1
    const delayMs = retryDelayMs(this.#backoff, this.#failures, 1)
    this.#retryAt = now + delayMs
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
          const value = await call()
          // It works again: nobody has to wait for longer.
          this.#sleepers.wakeAll()
          return value
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

/** Faults of the storage itself: they concern every call, and may pass. */
export function isStorageFault(error: unknown): boolean {
  return isBroadsideError(error) && STORAGE_FAULTS.has(error.code)
}

const STORAGE_FAULTS = new Set<BroadsideError['code']>(['STORAGE_FAILED', 'STORAGE_CLOSED', 'STORAGE_LOCKED'])

/** The one error class for whatever a storage threw. */
export function storageError(cause: unknown): BroadsideError {
  if (isBroadsideError(cause)) return cause
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new BroadsideError('STORAGE_FAILED', `The storage failed: ${reason}`, { cause })
}
