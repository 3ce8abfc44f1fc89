import type { ClaimSource } from '@broadside/core'
import type { FreeRange } from './free-range.js'
import type { ItemState } from './item-state.js'
import type { JobState } from './job-state.js'
import type { WaveState } from './waves.js'

/** A lease, and what is left of one that has ended: its token, on the items that nobody has claimed since. */
export interface LeaseState {
  readonly token: string
  readonly job: JobState
  readonly source: ClaimSource
  /** Where its range is of; none for retries. */
  readonly wave: WaveState | undefined
  /** How many items it was handed out with. */
  readonly size: number
  /** The bound that its range had come with, kept for the case that it is given back. */
  readonly maxClaim: number | undefined
  leaseUntil: number
  /** Items up to this `seq` count as started; -1 while none does. */
  startedThrough: number
  /** How many of its items it still covers. */
  open: number
  /** The items it was handed out with, by `seq`; empty once it has ended. */
  items: readonly ItemState[]
  ended: boolean
  /** Where its items of a range went when it ended. */
  freed: FreeRange | undefined
}
