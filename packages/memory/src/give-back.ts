import type { ExtendResult, GiveBackParams } from '@broadside/core'
import { controlOf } from './job-state.js'
import { releaseLease } from './lease-end.js'
import { requireJob, type Store } from './store.js'

export function giveBack(store: Store, { jobId, token, notBefore }: GiveBackParams): ExtendResult {
  const job = requireJob(store, jobId)
  const lease = job.leases.get(token)
  if (!lease) return { held: false, control: controlOf(job) }
  releaseLease(lease, { notBefore, maxClaim: lease.maxClaim })
  store.listeners.notify()
  return { held: true, control: controlOf(job) }
}
