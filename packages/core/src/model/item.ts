/**
 * Where an item stands. `pending` is open; all others are settled.
 *
 * - `pending`: not sent yet, or waiting for a retry.
 * - `enqueued`: a provider accepted it.
 * - `error`: failed for good; see its `code` and `reason`.
 * - `skipped`: a rule said not to send; see its `code`.
 * - `cancelled`, `expired`: its job ended before it went out.
 * - `uncertain`: it may or may not have gone out, and a person decides.
 */
export type ItemStatus = 'pending' | 'enqueued' | 'error' | 'skipped' | 'cancelled' | 'expired' | 'uncertain'

export const ITEM_STATUSES: readonly ItemStatus[] = [
  'pending',
  'enqueued',
  'error',
  'skipped',
  'cancelled',
  'expired',
  'uncertain',
]

/** What the open items of a closed job become. */
export type ClosingStatus = 'cancelled' | 'expired' | 'error'

/** Codes that Broadside itself gives to items; providers add their own, such as `SMTP_550`. */
export const ITEM_CODES = {
  /** No channel of the job has an address for this recipient. */
  noAddress: 'NO_ADDRESS',
  /** Consent, or a rule of the engine, forbids it on every channel that reaches the recipient. */
  notAllowed: 'NOT_ALLOWED',
  /** The template threw for this recipient's data. */
  renderFailed: 'RENDER_FAILED',
  /** Every attempt that the retry policy allows has failed for a passing reason. */
  attemptsExhausted: 'ATTEMPTS_EXHAUSTED',
  /** The job turned out impossible while running. */
  jobFailed: 'JOB_FAILED',
  /** Nobody knows whether it went out. */
  outcomeUnknown: 'OUTCOME_UNKNOWN',
  /** A person decided not to send it after all. */
  dropped: 'DROPPED',
} as const

/** An item as the public API shows it. */
export interface Item {
  /** Its place in the job; with the job's id, its key. */
  readonly seq: number
  /** Recipient id: given at ingest, or generated. */
  readonly recipient: string
  /** Fixed when the item is created and the same on every attempt: the provider's idempotency key. */
  readonly messageId: string
  readonly status: ItemStatus
  /** Attempts counted so far, on all channels. */
  readonly attempts: number
  /** When the next attempt is due, in ms since the epoch; only while `pending` after a failed attempt. */
  readonly nextAttemptAt?: number | undefined
  /** The channel that was used last. */
  readonly channel?: string | undefined
  /** The provider's own id for the message, if it gave one. */
  readonly receipt?: string | undefined
  readonly code?: string | undefined
  readonly reason?: string | undefined
  /** When it was settled, in ms since the epoch. */
  readonly settledAt?: number | undefined
  readonly profile?: Readonly<Record<string, unknown>> | undefined
  readonly data?: Readonly<Record<string, unknown>> | undefined
  readonly preferences?: Readonly<Record<string, unknown>> | undefined
  readonly to?: Readonly<Record<string, unknown>> | undefined
}
