import type { ExtendParams, ExtendResult } from '@broadside/core'
import { control } from './control.js'
import { needJob } from './find-job.js'
import { KEYS } from './keys.js'
import { dropLease, type Lease, putLease } from './lease.js'
import type { Tx } from './tx.js'

export async function extend(tx: Tx, params: ExtendParams): Promise<ExtendResult> {
  const { jobId, token, leaseUntil, startedThrough = -1 } = params
  const job = await needJob(tx, jobId)
  const lease = await tx.get<Lease>(KEYS.lease(job.key, token))
  if (lease) {
    dropLease(tx, job, lease) // its end moves to another key
    putLease(tx, job, { ...lease, leaseUntil, startedThrough: Math.max(lease.startedThrough, startedThrough) })
  }
  return { held: lease !== undefined, control: control(job) }
}
