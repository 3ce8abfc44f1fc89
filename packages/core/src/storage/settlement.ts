import type { JobControl } from './job-record.js'

/** What becomes of one item: decided by core, kept by the storage. */
export interface Settlement {
  readonly seq: number
  /** `pending` is a retry: the item leaves its lease and is claimable from `nextAttemptAt` on. */
  readonly to: 'pending' | 'enqueued' | 'error' | 'skipped' | 'uncertain'
  /** Attempts counted so far, this one included if it counts. */
  readonly attempts: number
  /** Given exactly when `to` is `pending`. */
  readonly nextAttemptAt?: number | undefined
  readonly channel?: string | undefined
  readonly receipt?: string | undefined
  /** Given whenever `to` is `error`, `skipped` or `uncertain`; never with `enqueued`. */
  readonly code?: string | undefined
  readonly reason?: string | undefined
  readonly trail?: string | undefined
}

/**
 * - `applied`: the item is now what the settlement says (or, in a closed job, its closing status where the settlement said `pending`).
 * - `already`: this token has settled the item before: a repeat after a lost answer. Nothing changed.
 * - `stale`: the item belongs to another lease by now, or was settled by one. Nothing changed.
 */
export type SettleAnswer = 'applied' | 'already' | 'stale'

export interface SettleParams {
  readonly jobId: string
  readonly token: string
  readonly now: number
  /** Each `seq` at most once. */
  readonly settlements: readonly Settlement[]
  /** As in `extend`. */
  readonly startedThrough?: number | undefined
}

export interface SettleResult {
  /** One for each settlement, in their order. */
  readonly answers: readonly SettleAnswer[]
  /** False when the lease has ended, by itself or because these were its last open items. */
  readonly held: boolean
  readonly control: JobControl
  /** True for the one call that completed the job. */
  readonly completed: boolean
}
