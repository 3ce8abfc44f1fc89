import type { ClaimedItem } from './item-record.js'
import type { JobControl } from './job-record.js'

/**
 * Where a claim takes items from.
 *
 * - `range`: items that were never settled, in the order of their `seq`.
 * - `retries`: items whose `nextAttemptAt` has come.
 */
export type ClaimSource = 'range' | 'retries'

/** A job, or one of its waves, that has items to claim. */
export interface Claimable {
  readonly jobId: string
  readonly source: ClaimSource
  /** Items of one job that become due together; 0 is the only wave of a job without several due instants. Always 0 for `retries`, which are of all waves. */
  readonly wave: number
  readonly priority: number
  /** The job's, 0 where it has none. */
  readonly startedAt: number
}

export interface ClaimableList {
  /**
   * By priority (ten first), then by `startedAt`, then by `jobId`; of one job its retries, then its waves, in ascending order. Each counts
   * towards `limit`.
   */
  readonly ready: readonly Claimable[]
  /**
   * The next instant after `now` at which something becomes claimable, or a lease of any job runs out, in ms since the epoch;
   * `undefined` when nothing will by itself. A wave without an instant is never the reason.
   */
  readonly nextAt?: number | undefined
}

export interface ClaimParams {
  readonly jobId: string
  readonly source: ClaimSource
  /** The wave of the range. */
  readonly wave: number
  /** At least 1. */
  readonly limit: number
  /** How many of the first items count as started at once. They may be handed to a provider as soon as the claim is acknowledged. */
  readonly start: number
  /** Minted by the engine, new for each claim. */
  readonly token: string
  readonly now: number
  readonly leaseUntil: number
}

/** What a claim hands out: the items and the one lease that covers them. */
export interface Claim {
  readonly token: string
  readonly jobId: string
  /** In the order of `seq`; never empty. */
  readonly items: readonly ClaimedItem[]
  /** The highest `seq` that counts as started; -1 when none does. */
  readonly startedThrough: number
  readonly control: JobControl
}

export interface ExtendParams {
  readonly jobId: string
  readonly token: string
  readonly now: number
  readonly leaseUntil: number
  /** Items up to this `seq` count as started from now on. Never moves back; says nothing once the lease has ended. */
  readonly startedThrough?: number | undefined
}

export interface ExtendResult {
  /** False when the lease has ended: nothing more may be started under it. */
  readonly held: boolean
  readonly control: JobControl
}

export interface GiveBackParams {
  readonly jobId: string
  readonly token: string
  readonly now: number
  /** The items are not claimable before this instant. */
  readonly notBefore?: number | undefined
}

/** An expired lease that a reap ended. */
export interface ReapedLease {
  readonly jobId: string
  readonly token: string
  /** Open items that had not started: claimable again, or closed with their job. */
  readonly unstarted: number
  /** Open items that had started: each was settled as `decide` said, and each may have gone out. */
  readonly started: number
  readonly completed: boolean
}
