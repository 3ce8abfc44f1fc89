import type { ExtendResult, GiveBackParams } from '@broadside/core'
import { control } from './control.js'
import { needJob } from './find-job.js'
import { JobChange } from './job-change.js'
import { KEYS } from './keys.js'
import type { Lease } from './lease.js'
import { release } from './release.js'
import type { Tx } from './tx.js'

export async function giveBack(tx: Tx, { jobId, token, now, notBefore }: GiveBackParams): Promise<ExtendResult> {
  const job = await needJob(tx, jobId)
  const lease = await tx.get<Lease>(KEYS.lease(job.key, token))
  if (!lease) return { held: false, control: control(job) }
  const change = new JobChange(job)
  await release(tx, change, { lease, notBefore, maxClaim: lease.maxClaim, fromSeq: 0 })
  await change.write(tx, now)
  return { held: true, control: control(job) }
}
