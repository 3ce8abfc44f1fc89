import type { ItemState } from './item-state.js'

/** Items of a range that a lease has left behind, claimable again. */
export interface FreeRange {
  /** By `seq`; some may have been settled late. */
  readonly items: readonly ItemState[]
  /** Where the part that has not been claimed again begins. */
  nextIndex: number
  /** How many of that part are open. */
  open: number
  readonly notBefore: number
  /** The most that one claim takes of it, where it came back from a reaped lease. */
  readonly maxClaim: number | undefined
}

export function firstSeqOf(range: FreeRange): number {
  return range.items[range.nextIndex]?.seq ?? Number.POSITIVE_INFINITY
}
