import { boundAfterReap, type ReapedLease, type ReapParams, type Settlement } from '@broadside/core'
import { afterChange } from './after-change.js'
import { changeItem, changeOf } from './item-change.js'
import type { ItemState } from './item-state.js'
import { claimedOf } from './item-view.js'
import { recordOf } from './job-state.js'
import { openItemsOf, releaseLease } from './lease-end.js'
import type { LeaseState } from './lease-state.js'
import type { Store } from './store.js'

/** What is to become of one expired lease: decided before anything is changed, so that a `decide` that throws has done nothing. */
interface Verdict {
  readonly lease: LeaseState
  readonly started: readonly { readonly item: ItemState; readonly settlement: Settlement }[]
}

export function reap(store: Store, params: ReapParams): readonly ReapedLease[] {
  const verdicts = expiredLeases(store, params).map((lease) => judge(lease, params))
  const reaped = verdicts.map((verdict) => execute(store, verdict, params.now))
  if (reaped.length > 0) store.listeners.notify()
  return reaped
}

function expiredLeases(store: Store, { expiredAt, limit }: ReapParams): readonly LeaseState[] {
  const expired = [...store.leases].filter((lease) => lease.leaseUntil <= expiredAt)
  return expired.sort((a, b) => a.leaseUntil - b.leaseUntil).slice(0, limit)
}

function judge(lease: LeaseState, { decide }: ReapParams): Verdict {
  const started = openItemsOf(lease).filter((item) => item.seq <= lease.startedThrough)
  const job = recordOf(lease.job)
  return { lease, started: started.map((item) => ({ item, settlement: decide(claimedOf(item), job) })) }
}

function execute(store: Store, { lease, started }: Verdict, now: number): ReapedLease {
  const { job, token } = lease
  const unstarted = lease.open - started.length
  for (const { item, settlement } of started) changeItem(job, item, changeOf(settlement, now))
  if (!lease.ended) releaseLease(lease, { notBefore: undefined, maxClaim: boundAfterReap(lease.size) })
  // The reap has settled them, not their token: what it still learns of them is heard while they are open.
  for (const { item } of started) item.settledByLease = false
  const completed = afterChange(store, job, now)
  return { jobId: job.id, token, unstarted, started: started.length, completed }
}
