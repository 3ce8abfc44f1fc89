import type { ExtendParams, ExtendResult } from '@broadside/core'
import { controlOf } from './job-state.js'
import type { LeaseState } from './lease-state.js'
import { requireJob, type Store } from './store.js'

export function extend(store: Store, { jobId, token, leaseUntil, startedThrough }: ExtendParams): ExtendResult {
  const job = requireJob(store, jobId)
  const lease = job.leases.get(token)
  markStarted(lease, startedThrough)
  if (lease) lease.leaseUntil = leaseUntil
  return { held: lease !== undefined, control: controlOf(job) }
}

/** Counts the items of a held lease up to `startedThrough` as started; never moves back. */
export function markStarted(lease: LeaseState | undefined, startedThrough: number | undefined): void {
  if (!lease || startedThrough === undefined) return
  lease.startedThrough = Math.max(lease.startedThrough, startedThrough)
}
