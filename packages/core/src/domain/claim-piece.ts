/** A stretch of items that nothing has settled yet, free to be claimed. */
export interface FreePiece {
  /** How many of its items are open. */
  readonly open: number
  /** The most that one claim takes of it, where it came back from a reaped lease. */
  readonly maxClaim?: number | undefined
}

/** How many items a claim of up to `limit` takes of a piece. */
export function sizeOfClaim({ open, maxClaim }: FreePiece, limit: number): number {
  return Math.min(limit, open, maxClaim ?? open)
}

/** The bound on claims of what a reaped lease had not started: half of what it was handed out with, so that whatever kills its process is closed in on. */
export function boundAfterReap(size: number): number {
  return Math.max(1, Math.floor(size / 2))
}

export interface StartParams {
  /** What a claim hands out, by `seq`. */
  readonly items: readonly { readonly seq: number }[]
  /** How many of them the engine starts at once. */
  readonly start: number
  /** The piece that they were taken of, as it was before; none for retries. */
  readonly piece?: FreePiece | undefined
}

/**
 * The `startedThrough` of a new lease; -1 when nothing has started. Where a reaped lease has come down to a single item, that one holds whatever ended
 * its process, and counts as started whether or not the engine says so: the next reap decides about it.
 */
export function startedThroughOf({ items, start, piece }: StartParams): number {
  const suspects = piece?.maxClaim !== undefined && sizeOfClaim(piece, Number.POSITIVE_INFINITY) === 1 ? 1 : 0
  return items[Math.min(Math.max(start, suspects), items.length) - 1]?.seq ?? -1
}
