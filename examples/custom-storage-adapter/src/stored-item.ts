import type { NewItem } from '@broadside/core'
import type { JobRow } from './job-row.js'
import { KEYS } from './keys.js'
import type { Outcome } from './outcome.js'
import type { Tx } from './tx.js'

/** An item as it was ingested. Never written again. */
export type StoredItem = Omit<NewItem, 'identity'>

export interface PlacedItem {
  readonly seq: number
  readonly stored: StoredItem
  /** Absent while it is fresh. */
  readonly outcome: Outcome | undefined
}

/** The items of `job` from `firstSeq` to `lastSeq`, with what became of them. */
export async function readItems(
  tx: Tx,
  { key }: Pick<JobRow, 'key'>,
  { firstSeq, lastSeq }: { readonly firstSeq: number; readonly lastSeq: number },
): Promise<readonly PlacedItem[]> {
  if (lastSeq < firstSeq) return []
  const items = await tx.entries<StoredItem>({ gte: KEYS.item(key, firstSeq), lte: KEYS.item(key, lastSeq) })
  const settled = await tx.entries<Outcome>({ gte: KEYS.outcome(key, firstSeq), lte: KEYS.outcome(key, lastSeq) })
  const outcomes = new Map(settled)
  return items.map(([, stored], index) => {
    const seq = firstSeq + index // `seq` has no gaps
    return { seq, stored, outcome: outcomes.get(KEYS.outcome(key, seq)) }
  })
}
