import { answerToSettled, FRESH_FREE, FRESH_HELD, type SettleAnswer, type Settlement } from '@broadside/core'
import { type FreeRange, putRange } from './free-range.js'
import type { JobRow } from './job-row.js'
import { KEYS, startingWith } from './keys.js'
import { covers, type Lease } from './lease.js'
import type { Outcome, PlacedState } from './outcome.js'
import type { Tx } from './tx.js'

/** Who settles. */
export interface Settler {
  readonly job: JobRow
  readonly token: string
  /** The lease of `token`, while it has not ended. */
  readonly lease: Lease | undefined
}

/** What the item was, if `token` may settle it now; otherwise the answer. */
export async function standing(tx: Tx, settler: Settler, { seq, to }: Settlement): Promise<PlacedState | SettleAnswer> {
  const { job, lease, token } = settler
  const known = await tx.get<Outcome>(KEYS.outcome(job.key, seq))
  if (known) {
    const answer = answerToSettled({ job, item: known, token, to })
    return answer === 'applied' ? known : answer
  }
  if (lease && covers(lease, seq)) return FRESH_HELD
  return job.closedAs === undefined && (await leaveFreeRange(tx, settler, seq)) ? FRESH_FREE : 'stale'
}

/** Takes a fresh item out of the free range that it came back in, if nobody but `token` has had it. */
async function leaveFreeRange(tx: Tx, { job, token }: Settler, seq: number): Promise<boolean> {
  const { lt } = startingWith(KEYS.ranges(job.key))
  const [place] = await tx.keys({ gte: KEYS.range(job.key, seq), lt, limit: 1 })
  const range = place && (await tx.get<FreeRange>(place)) // as an earlier item of the call has left it
  if (!range || range.firstSeq > seq || range.lastToken !== token) return false
  putRange(tx, job, { ...range, open: range.open - 1 })
  return true
}
