import { addRetry } from './item-change.js'
import { countItem, uncountItem } from './item-counts.js'
import { type ItemState, isInFlight } from './item-state.js'
import type { LeaseState } from './lease-state.js'

export interface ReleaseParams {
  /** Its items are not claimable before this instant. */
  readonly notBefore: number | undefined
  /** The most that one claim may take of its range. */
  readonly maxClaim: number | undefined
}

/** Ends a lease. What it covers by then is to be freed by {@link releaseLease}, or there is nothing left. */
export function endLease(lease: LeaseState): void {
  lease.ended = true
  lease.items = []
  lease.job.leases.delete(lease.token)
  lease.job.heldLeases.delete(lease)
}

/** The items that a lease still covers, by `seq`: one that it settled to be tried again may be under another by now. */
export function openItemsOf(lease: LeaseState): readonly ItemState[] {
  return lease.items.filter((item) => item.lease === lease && isInFlight(item))
}

/** Ends a lease and makes what it still covers claimable again; in a closed job those items read as closed from now on. */
export function releaseLease(lease: LeaseState, params: ReleaseParams): void {
  const { job } = lease
  const items = openItemsOf(lease)
  if (job.closedAs) for (const item of items) uncountItem(job, item)
  job.inFlight -= items.length
  lease.open = 0
  endLease(lease)
  if (job.closedAs) for (const item of items) countItem(job, item)
  else if (lease.source === 'range') freeRange(lease, items, params)
  else for (const item of items) freeRetry(lease, item, params)
}

function freeRange(lease: LeaseState, items: readonly ItemState[], { notBefore, maxClaim }: ReleaseParams): void {
  if (items.length === 0) return
  const notEarlierThan = notBefore ?? Number.NEGATIVE_INFINITY
  lease.freed = { items, nextIndex: 0, open: items.length, notBefore: notEarlierThan, maxClaim }
  lease.wave?.freeRanges.add(lease.freed)
}

function freeRetry({ job }: LeaseState, item: ItemState, { notBefore }: ReleaseParams): void {
  const dueAt = item.retry?.nextAttemptAt ?? Number.NEGATIVE_INFINITY
  addRetry(job, item, Math.max(dueAt, notBefore ?? dueAt))
}
