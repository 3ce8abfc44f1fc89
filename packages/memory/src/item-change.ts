import type { ItemStatus, Settlement } from '@broadside/core'
import { countItem, uncountItem } from './item-counts.js'
import { type ItemState, isInFlight, type Outcome } from './item-state.js'
import type { JobState } from './job-state.js'
import { endLease } from './lease-end.js'

/** What an item becomes. */
export interface ItemChange {
  readonly status: ItemStatus
  readonly attempts: number
  readonly trail: string | undefined
  /** Puts it among the retries. */
  readonly nextAttemptAt: number | undefined
  readonly outcome: Outcome
}

/** Changes an item: it leaves its lease or its place among what can be claimed, and the counts move with it. */
export function changeItem(job: JobState, item: ItemState, change: ItemChange): void {
  uncountItem(job, item)
  detach(job, item)
  item.status = change.status
  item.attempts = change.attempts
  item.trail = change.trail
  item.outcome = change.outcome
  item.settledByLease = true
  if (change.nextAttemptAt !== undefined) addRetry(job, item, change.nextAttemptAt)
  countItem(job, item)
}

/** The change that a settlement asks for. */
export function changeOf(settlement: Settlement, now: number): ItemChange {
  const { to, attempts, trail, nextAttemptAt, channel, receipt, code, reason } = settlement
  const open = to === 'pending'
  return {
    status: to,
    attempts,
    trail,
    nextAttemptAt: open ? (nextAttemptAt ?? now) : undefined,
    outcome: { channel, receipt, code, reason, settledAt: open ? undefined : now },
  }
}

/** Puts an open item among the retries, in place of where it was among them. */
export function addRetry(job: JobState, item: ItemState, nextAttemptAt: number): void {
  item.retry = { item, nextAttemptAt }
  job.retries.add(item.retry)
}

function detach(job: JobState, item: ItemState): void {
  if (item.status !== 'pending') return
  if (isInFlight(item)) leaveLease(job, item)
  else if (item.retry === undefined && item.lease?.freed) item.lease.freed.open -= 1
  item.retry = undefined
}

function leaveLease(job: JobState, { lease }: ItemState): void {
  if (!lease) return
  job.inFlight -= 1
  lease.open -= 1
  if (lease.open === 0) endLease(lease)
}
