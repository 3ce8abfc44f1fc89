import { boundAfterReap, type ReapedLease, type ReapParams } from '@broadside/core'
import { jobRecord } from './find-job.js'
import { JobChange } from './job-change.js'
import type { JobRow } from './job-row.js'
import { KEYS, startingWith } from './keys.js'
import type { Lease, LeaseEnd } from './lease.js'
import { outcomeOf } from './outcome.js'
import { release } from './release.js'
import { startedItems } from './started-items.js'
import type { Tx } from './tx.js'
import { writeOutcome } from './write-outcome.js'

export async function reap(tx: Tx, params: ReapParams): Promise<readonly ReapedLease[]> {
  const { expiredAt, limit } = params
  const { gte } = startingWith(KEYS.leaseEnds)
  const expired = await tx.entries<LeaseEnd>({ gte, lt: KEYS.leaseEndsAfter(expiredAt), limit })
  const reaped: ReapedLease[] = []
  for (const [, end] of expired) reaped.push(await reapLease(tx, end, params))
  return reaped
}

/** Reads the job anew for each lease: an earlier one of the call may have changed it. */
async function reapLease(tx: Tx, { key, token }: LeaseEnd, { now, decide }: ReapParams): Promise<ReapedLease> {
  const change = new JobChange(await tx.need<JobRow>(KEYS.row(key)))
  const lease = await tx.need<Lease>(KEYS.lease(key, token))
  const record = await jobRecord(tx, { key })
  const started = await startedItems(tx, change.job, lease)
  for (const { item, from } of started) {
    // Not spent: the reap has settled it, not the token, whose late word may still be heard.
    const to = outcomeOf(decide(item, record), { token, spent: false, now })
    writeOutcome(tx, change.job, { seq: item.seq, from, to })
    change.move(from, to)
  }
  change.job.inFlight -= started.length
  const unstarted = lease.open - started.length
  await release(tx, change, {
    lease: { ...lease, open: unstarted },
    maxClaim: boundAfterReap(lease.size),
    fromSeq: lease.startedThrough + 1,
  })
  const completed = await change.write(tx, now)
  return { jobId: change.job.id, token, unstarted, started: started.length, completed }
}
