import { FRESH_FREE, FRESH_HELD } from '@broadside/core'
import type { Connection } from './connection.js'
import type { JobChange } from './job-change.js'
import { isRange, keepOpen, type Lease, type Retries } from './lease.js'
import { findOutcome, writeOutcome } from './outcome.js'
import { addRange } from './ranges.js'
import { forEachInSteps, type Steps } from './steps.js'

export interface ReleaseParams {
  readonly lease: Lease
  /** Gathers what changes of the job. */
  readonly change: JobChange
  /** The items are not claimable before this instant. */
  readonly notBefore: number | undefined
  /** The most that one claim may take of its range. */
  readonly maxClaim: number | undefined
  /** Items before this `seq` were settled when the lease came to its end. */
  readonly fromSeq: number
}

/** Ends a lease and makes what it still covers claimable again; in a closed job those items read as closed from now on. */
export function* releaseLease(db: Connection, params: ReleaseParams): Steps<void> {
  const { lease, change } = params
  const job = change.job.key
  keepOpen(db, job, { token: lease.token, open: 0 })
  change.inFlight -= lease.open
  if (!isRange(lease.covers)) yield* releaseRetries(db, lease.covers, params)
  else if (lease.open > 0) releaseRange(db, params)
}

function releaseRange(db: Connection, { lease, change, notBefore, maxClaim, fromSeq }: ReleaseParams): void {
  const { covers, open, token } = lease
  change.count(FRESH_HELD, -open)
  change.count(FRESH_FREE, open)
  if (change.job.closedAs || !isRange(covers)) return
  const firstSeq = Math.max(covers.firstSeq, fromSeq)
  addRange(db, change.job.key, { firstSeq, lastSeq: covers.lastSeq, open, notBefore, maxClaim, lastToken: token })
}

function* releaseRetries(db: Connection, { seqs }: Retries, { lease, change, notBefore }: ReleaseParams): Steps<void> {
  const job = change.job.key
  yield* forEachInSteps(seqs, (seq) => {
    const outcome = findOutcome(db, job, seq)
    if (!outcome?.held || outcome.token !== lease.token) return
    const nextAttemptAt = Math.max(outcome.nextAttemptAt ?? 0, notBefore ?? 0)
    const released = { ...outcome, held: false, nextAttemptAt }
    writeOutcome(db, { job, seq }, released)
    change.count(outcome, -1)
    change.count(released)
  })
}
