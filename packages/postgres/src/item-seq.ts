/** Whether an item may have this `seq`: none has one that is no whole number, or beyond those that are exact. */
export function isSeq(seq: number): boolean {
  return Number.isSafeInteger(seq) && seq >= 0
}

/** The last `seq` that is not beyond `bound`, as a column holds it; -1 where there is none. */
export function lastSeqUpTo(bound: number): number {
  return bound >= 0 ? Math.min(Math.floor(bound), Number.MAX_SAFE_INTEGER) : -1
}
