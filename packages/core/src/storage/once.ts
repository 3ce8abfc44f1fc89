/**
 * Makes a call idempotent. In the transaction of the call: if `key` is stored and not past its `keepUntil`, nothing is done
 * and the stored answer is returned (another `requestHash` is refused with `IDEMPOTENCY_KEY_REUSED`); otherwise the call is
 * done and its answer is stored under `key`. A refused or failed call stores nothing.
 */
export interface Once {
  /** Operation, target and the caller's key, in one text. */
  readonly key: string
  readonly requestHash: string
  readonly now: number
  readonly keepUntil: number
}

export interface StoredAnswer {
  readonly requestHash: string
  /** What the call answered, as JSON text. */
  readonly answer: string
}
