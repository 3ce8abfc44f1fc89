import { FRESH_FREE, FRESH_HELD } from '@broadside/core'
import { putRange } from './free-range.js'
import type { JobChange } from './job-change.js'
import { KEYS } from './keys.js'
import { dropLease, type Lease } from './lease.js'
import type { Outcome } from './outcome.js'
import type { Tx } from './tx.js'
import { writeOutcome } from './write-outcome.js'

export interface Release {
  readonly lease: Lease
  /** What comes back is not claimable before this instant. */
  readonly notBefore?: number | undefined
  /** How many items of what comes back may be claimed at once. */
  readonly maxClaim?: number | undefined
  /** Of a range, what lies before does not come back. */
  readonly fromSeq: number
}

/** Ends a lease: what it still covers is claimable again, or reads as closed with its job. Writes no item of a range. */
export async function release(tx: Tx, change: JobChange, params: Release): Promise<void> {
  const { lease } = params
  dropLease(tx, change.job, lease)
  change.job.inFlight -= lease.open
  if (lease.seqs) await releaseRetries(tx, change, params)
  else releaseRange(tx, change, params)
}

function releaseRange(tx: Tx, change: JobChange, { lease, notBefore, maxClaim, fromSeq }: Release): void {
  const { lastSeq, open, token } = lease
  change.move(FRESH_HELD, FRESH_FREE, open) // in a closed job this is what moves the counters
  if (change.job.closedAs !== undefined || open === 0) return
  const firstSeq = Math.max(lease.firstSeq, fromSeq)
  putRange(tx, change.job, { firstSeq, lastSeq, open, notBefore, maxClaim, lastToken: token })
}

async function releaseRetries(tx: Tx, change: JobChange, { lease, notBefore = 0 }: Release): Promise<void> {
  const { seqs = [] } = lease
  await tx.prepare(seqs.map((seq) => KEYS.outcome(change.job.key, seq)))
  for (const seq of seqs) {
    const known = await tx.get<Outcome>(KEYS.outcome(change.job.key, seq))
    if (!known?.held || known.token !== lease.token) continue
    const free = { ...known, held: false, nextAttemptAt: Math.max(known.nextAttemptAt ?? 0, notBefore) }
    writeOutcome(tx, change.job, { seq, from: known, to: free })
    change.move(known, free)
  }
}
