import type { JobRow } from './job-row.js'
import { KEYS, startingWith } from './keys.js'
import type { Tx } from './tx.js'
import { walk } from './walk.js'

/** Fresh items that came back from a lease which was reaped or given back. Kept under its `lastSeq`. */
export interface FreeRange {
  readonly firstSeq: number
  readonly lastSeq: number
  /** How many of its items are fresh still. */
  readonly open: number
  readonly notBefore?: number | undefined
  /** How many of them may be claimed at once, where a reap brought them back. */
  readonly maxClaim?: number | undefined
  /** The token of the lease that they came from: its late word is heard. */
  readonly lastToken: string
}

/** The free ranges of `job` from the lowest `seq` on, read a few at a time. */
export async function* freeRanges(tx: Tx, { key }: Pick<JobRow, 'key'>): AsyncGenerator<FreeRange> {
  for await (const [, range] of walk<FreeRange>(tx, { ...startingWith(KEYS.ranges(key)), chunk: 20 })) yield range
}

export function isDue({ notBefore = -Infinity }: FreeRange, now: number): boolean {
  return notBefore <= now
}

/** Writes `range`, or takes it away once none of its items is open. */
export function putRange(tx: Tx, { key }: Pick<JobRow, 'key'>, range: FreeRange): void {
  if (range.open > 0) tx.put(KEYS.range(key, range.lastSeq), range)
  else tx.del(KEYS.range(key, range.lastSeq))
}
