import type { ClaimedItem, ClaimParams } from '@broadside/core'
import type { JobRow } from './job-row.js'
import { KEYS, startingWith } from './keys.js'
import type { Outcome } from './outcome.js'
import type { StoredItem } from './stored-item.js'
import type { Taken } from './taken.js'
import type { Tx } from './tx.js'
import { writeOutcome } from './write-outcome.js'

/** Takes the retries that are due, earliest first, and hands them out by `seq`. */
export async function takeRetries(tx: Tx, job: JobRow, { now, token, limit }: ClaimParams): Promise<Taken> {
  const prefix = KEYS.waiting(job.key)
  const due = await tx.entries({ ...startingWith(prefix), lt: KEYS.waitingAfter(job.key, now), limit })
  const seqs = due.map(([place]) => Number(place.slice(place.lastIndexOf('!') + 1))).sort((a, b) => a - b)
  await tx.prepare(seqs.flatMap((seq) => [KEYS.item(job.key, seq), KEYS.outcome(job.key, seq)]))
  const items: ClaimedItem[] = []
  for (const seq of seqs) items.push(await takeRetry(tx, job, { seq, token }))
  return { items, seqs }
}

/** From here on the retry answers to `token`, and no longer to who had it before. */
async function takeRetry(
  tx: Tx,
  job: JobRow,
  { seq, token }: { readonly seq: number; readonly token: string },
): Promise<ClaimedItem> {
  const stored = await tx.need<StoredItem>(KEYS.item(job.key, seq))
  const from = await tx.need<Outcome>(KEYS.outcome(job.key, seq))
  writeOutcome(tx, job, { seq, from, to: { ...from, held: true, token, spent: false } })
  return { seq, ...stored, attempts: from.attempts, trail: from.trail }
}
