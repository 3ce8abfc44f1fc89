import { FRESH_FREE, FRESH_HELD } from '@broadside/core'
import type { JobChange } from './job-change.js'
import { isRange, keepOpen, type Lease } from './lease.js'
import { addRange } from './ranges.js'
import { releaseHeld } from './retries.js'
import type { Session } from './session.js'

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
export async function releaseLease(session: Session, params: ReleaseParams): Promise<void> {
  const { lease, change } = params
  change.also(keepOpen(change.job.key, { ...lease, open: 0 }))
  change.inFlight -= lease.open
  if (lease.open === 0) return
  if (isRange(lease.covers)) releaseRange(params)
  else await releaseRetries(session, params)
}

function releaseRange(params: ReleaseParams): void {
  const { lease, change, notBefore, maxClaim, fromSeq } = params
  const { covers, open, token } = lease
  change.count(FRESH_HELD, -open)
  change.count(FRESH_FREE, open)
  if (change.job.closedAs || !isRange(covers)) return
  const firstSeq = Math.max(covers.firstSeq, fromSeq)
  const { lastSeq } = covers
  change.also(addRange(change.job.key, { firstSeq, lastSeq, open, notBefore, maxClaim, lastToken: token }))
}

async function releaseRetries(session: Session, { lease, change, notBefore }: ReleaseParams): Promise<void> {
  const { covers, token } = lease
  if (isRange(covers)) return
  for (const code of await releaseHeld(session, change.job.key, { token, seqs: covers.seqs, notBefore })) {
    change.count({ status: 'pending', code, held: true }, -1)
    change.count({ status: 'pending', code, held: false })
  }
}
