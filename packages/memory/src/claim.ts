import type { Claim, ClaimParams } from '@broadside/core'
import type { FreeRange } from './free-range.js'
import type { ItemState } from './item-state.js'
import { claimedOf } from './item-view.js'
import { controlOf, type JobState } from './job-state.js'
import type { LeaseState } from './lease-state.js'
import type { Store } from './store.js'

/** What a claim takes, by `seq`. */
interface Taken {
  readonly items: readonly ItemState[]
  readonly maxClaim: number
  /** It is all that is left to suspect of a process that died: it counts as started. */
  readonly suspect: boolean
}

export function claim(store: Store, params: ClaimParams): Claim | undefined {
  const job = store.jobs.get(params.jobId)
  if (job?.status !== 'processing' || params.wave !== 0) return undefined
  const taken = params.source === 'range' ? takeRange(job, params) : takeRetries(job, params)
  if (taken.items.length === 0) return undefined
  const lease = takeLease(job, params, taken)
  return {
    token: lease.token,
    jobId: job.id,
    items: taken.items.map(claimedOf),
    startedThrough: lease.startedThrough,
    control: controlOf(job),
  }
}

function takeRange(job: JobState, { limit, now }: ClaimParams): Taken {
  const free = job.freeRanges.peek(now)
  if (free) return takeFromFree(free, limit)
  const items = job.items.slice(job.cursor, job.cursor + limit)
  job.cursor += items.length
  return { items, maxClaim: Number.POSITIVE_INFINITY, suspect: false }
}

function takeFromFree(range: FreeRange, limit: number): Taken {
  const { maxClaim } = range
  const size = Math.min(limit, maxClaim, range.open)
  const suspect = Number.isFinite(maxClaim) && Math.min(maxClaim, range.open) === 1
  const items: ItemState[] = []
  while (items.length < size) {
    const item = range.items[range.nextIndex]
    if (item === undefined) break
    range.nextIndex += 1
    if (item.status === 'pending' && item.retry === undefined) items.push(item)
  }
  range.open -= items.length
  return { items, maxClaim, suspect }
}

function takeRetries(job: JobState, { limit, now }: ClaimParams): Taken {
  const items: ItemState[] = []
  while (items.length < limit) {
    const retry = job.retries.take(now)
    if (retry === undefined) break
    items.push(retry.item)
  }
  items.sort((a, b) => a.seq - b.seq)
  return { items, maxClaim: Number.POSITIVE_INFINITY, suspect: false }
}

function takeLease(job: JobState, params: ClaimParams, { items, maxClaim, suspect }: Taken): LeaseState {
  const started = Math.min(Math.max(params.start, suspect ? 1 : 0), items.length)
  const lease: LeaseState = {
    token: params.token,
    job,
    source: params.source,
    size: items.length,
    maxClaim,
    leaseUntil: params.leaseUntil,
    startedThrough: items[started - 1]?.seq ?? -1,
    open: items.length,
    items,
    ended: false,
    freed: undefined,
  }
  for (const item of items) {
    item.lease = lease
    item.settledByLease = false
  }
  job.inFlight += items.length
  job.leases.set(lease.token, lease)
  job.heldLeases.add(lease)
  return lease
}
