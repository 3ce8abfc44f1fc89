import type { ClaimedItem, FreePiece } from '@broadside/core'

/** What a claim takes, before it has a lease. */
export interface Taken {
  /** By `seq`; empty where there is nothing to claim. */
  readonly items: readonly ClaimedItem[]
  /** The stretch that they were taken of, as it was before. */
  readonly piece?: FreePiece | undefined
  /** Of retries, which are a set. */
  readonly seqs?: readonly number[] | undefined
}
