import { type ClaimedItem, FRESH_HELD } from '@broadside/core'
import type { JobRow } from './job-row.js'
import { KEYS } from './keys.js'
import type { Lease } from './lease.js'
import type { Outcome, PlacedState } from './outcome.js'
import { readItems, type StoredItem } from './stored-item.js'
import type { Tx } from './tx.js'

/** An open item of a lease that may have gone out. */
export interface StartedItem {
  readonly item: ClaimedItem
  readonly from: PlacedState
}

/** The open items of `lease` that have started, by `seq`. */
export function startedItems(tx: Tx, job: JobRow, lease: Lease): Promise<readonly StartedItem[]> {
  return lease.seqs ? startedRetries(tx, job, lease) : startedRange(tx, job, lease)
}

async function startedRange(
  tx: Tx,
  job: JobRow,
  { firstSeq, lastSeq, startedThrough }: Lease,
): Promise<readonly StartedItem[]> {
  const items = await readItems(tx, job, { firstSeq, lastSeq: Math.min(lastSeq, startedThrough) })
  return items
    .filter(({ outcome }) => outcome === undefined)
    .map(({ seq, stored }) => ({ item: { seq, ...stored, attempts: 0 }, from: FRESH_HELD }))
}

async function startedRetries(tx: Tx, { key }: JobRow, lease: Lease): Promise<readonly StartedItem[]> {
  const seqs = (lease.seqs ?? []).filter((seq) => seq <= lease.startedThrough)
  await tx.prepare(seqs.flatMap((seq) => [KEYS.item(key, seq), KEYS.outcome(key, seq)]))
  const started: StartedItem[] = []
  for (const seq of seqs) {
    const from = await tx.need<Outcome>(KEYS.outcome(key, seq))
    if (!from.held || from.token !== lease.token) continue
    const stored = await tx.need<StoredItem>(KEYS.item(key, seq))
    started.push({ item: { seq, ...stored, attempts: from.attempts, trail: from.trail }, from })
  }
  return started
}
