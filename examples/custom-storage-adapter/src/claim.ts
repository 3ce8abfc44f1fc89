import { type Claim, type ClaimParams, startedThroughOf } from '@broadside/core'
import { takeRange } from './claim-range.js'
import { takeRetries } from './claim-retries.js'
import { control } from './control.js'
import { findJob } from './find-job.js'
import { JobChange } from './job-change.js'
import { type Lease, putLease } from './lease.js'
import type { Taken } from './taken.js'
import type { Tx } from './tx.js'

export async function claim(tx: Tx, params: ClaimParams): Promise<Claim | undefined> {
  const job = await findJob(tx, params.jobId)
  if (job?.status !== 'processing' || params.wave !== 0) return undefined
  const taken = await (params.source === 'range' ? takeRange : takeRetries)(tx, job, params)
  const lease = newLease(params, taken)
  if (!lease) return undefined
  putLease(tx, job, lease)
  job.inFlight += lease.size
  await new JobChange(job).write(tx, params.now)
  const { token, startedThrough } = lease
  return { token, jobId: job.id, items: taken.items, startedThrough, control: control(job) }
}

function newLease({ token, start, leaseUntil }: ClaimParams, { items, piece, seqs }: Taken): Lease | undefined {
  const first = items[0]
  const last = items.at(-1)
  if (!first || !last) return undefined
  return {
    ...{ token, seqs, leaseUntil },
    ...{ firstSeq: first.seq, lastSeq: last.seq, size: items.length, open: items.length },
    maxClaim: piece?.maxClaim,
    startedThrough: startedThroughOf({ items, start, piece }),
  }
}
