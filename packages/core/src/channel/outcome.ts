/**
 * What became of one attempt. An expected outcome is a value: `send` throws only on a fault, which counts as `unknown`.
 *
 * - `sent`: the provider has taken the message over.
 * - `retryable`: it was certainly not sent, and may work later.
 * - `rejected`: it was certainly not sent, and never will be as it is.
 * - `unknown`: nobody knows; the job's `onUncertain` says what follows.
 */
export type SendOutcome =
  | { readonly type: 'sent'; readonly receipt?: string | undefined }
  | {
      readonly type: 'retryable'
      readonly code?: string | undefined
      readonly reason?: string | undefined
      readonly retryAfterMs?: number | undefined
      /**
       * `item` (default): this message. `provider`: the provider takes nothing at present (it is down, or limits everybody): no
       * attempt is counted, and nothing is handed to it for `retryAfterMs` or a growing delay.
       */
      readonly scope?: 'item' | 'provider' | undefined
    }
  | { readonly type: 'rejected'; readonly code: string; readonly reason: string }
  | { readonly type: 'unknown'; readonly code?: string | undefined; readonly reason?: string | undefined }
