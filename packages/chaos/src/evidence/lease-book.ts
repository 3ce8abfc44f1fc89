import type { Claim } from '@broadside/core'

/** What a process knows of the lease under which it hands a message over. */
export interface KnownLease {
  readonly token: string
  /** How far storage knows it to have started. */
  readonly startedThrough: number
  /** It has been told that the lease is over: nothing more may go out under it. */
  readonly isOver: boolean
}

/** What a process knows of its own leases. */
export class LeaseBook {
  readonly #tokens = new Map<string, string>()
  readonly #leases = new Map<string, { startedThrough: number; isOver: boolean }>()
  readonly #signals = new WeakMap<AbortSignal, string>()

  claimed({ token, items, startedThrough }: Claim): void {
    this.#leases.set(token, { startedThrough, isOver: false })
    for (const { messageId } of items) this.#tokens.set(messageId, token)
  }

  started(token: string, startedThrough: number): void {
    const lease = this.#leases.get(token)
    if (lease !== undefined) lease.startedThrough = Math.max(lease.startedThrough, startedThrough)
  }

  /** The engine hears of it a few steps after the storage has answered: what happens in this turn of the event loop is not held against it. */
  ended(token: string): void {
    const lease = this.#leases.get(token)
    if (lease === undefined) return
    setImmediate(() => {
      lease.isOver = true
    })
  }

  /**
   * The lease under which a message goes out. A lease has one signal for all it sends, so what it sends late, after this process has claimed the
   * same item anew, is not taken for the new lease's.
   */
  leaseOf(messageId: string, signal: AbortSignal): KnownLease {
    const token = this.#signals.get(signal) ?? this.#tokens.get(messageId) ?? 'none'
    this.#signals.set(signal, token)
    return { token, ...(this.#leases.get(token) ?? { startedThrough: -1, isOver: true }) }
  }
}
