import { type Claim, type ClaimParams, type FreePiece, sizeOfClaim, startedThroughOf } from '@broadside/core'
import type { FreeRange } from './free-range.js'
import type { ItemState } from './item-state.js'
import { claimedOf } from './item-view.js'
import { controlOf, type JobState } from './job-state.js'
import type { LeaseState } from './lease-state.js'
import type { Store } from './store.js'
import type { WaveState } from './waves.js'

/** What a claim takes, by `seq`. */
interface Taken {
  readonly items: readonly ItemState[]
  /** The range that they were taken of, as it was before, where it had come back. */
  readonly piece: FreePiece | undefined
  /** None for retries. */
  readonly wave: WaveState | undefined
}

export function claim(store: Store, params: ClaimParams): Claim | undefined {
  const job = store.jobs.get(params.jobId)
  if (job?.status !== 'processing') return undefined
  const taken = params.source === 'range' ? takeRange(job, params) : takeRetries(job, params)
  if (taken === undefined || taken.items.length === 0) return undefined
  const lease = takeLease(job, params, taken)
  return {
    token: lease.token,
    jobId: job.id,
    items: taken.items.map(claimedOf),
    startedThrough: lease.startedThrough,
    control: controlOf(job),
  }
}

function takeRange(job: JobState, { wave: number, limit, now }: ClaimParams): Taken | undefined {
  const wave = job.waves.find(number)
  const free = wave?.freeRanges.peek(now)
  if (free) return { ...takeFromFree(free, limit), wave }
  if (wave === undefined || wave.dueAt > now) return undefined
  const items = wave.items.slice(wave.cursor, wave.cursor + limit)
  wave.cursor += items.length
  return { items, piece: undefined, wave }
}

function takeFromFree(range: FreeRange, limit: number): Omit<Taken, 'wave'> {
  const piece = { open: range.open, maxClaim: range.maxClaim }
  const size = sizeOfClaim(piece, limit)
  const items: ItemState[] = []
  while (items.length < size) {
    const item = range.items[range.nextIndex]
    if (item === undefined) break
    range.nextIndex += 1
    if (item.status === 'pending' && item.retry === undefined) items.push(item)
  }
  range.open -= items.length
  return { items, piece }
}

function takeRetries(job: JobState, { limit, now }: ClaimParams): Taken {
  const items: ItemState[] = []
  while (items.length < limit) {
    const retry = job.retries.take(now)
    if (retry === undefined) break
    items.push(retry.item)
  }
  items.sort((a, b) => a.seq - b.seq)
  return { items, piece: undefined, wave: undefined }
}

function takeLease(job: JobState, params: ClaimParams, { items, piece, wave }: Taken): LeaseState {
  const lease: LeaseState = {
    token: params.token,
    job,
    source: params.source,
    wave,
    size: items.length,
    maxClaim: piece?.maxClaim,
    leaseUntil: params.leaseUntil,
    startedThrough: startedThroughOf({ items, start: params.start, piece }),
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
