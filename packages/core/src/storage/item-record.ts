import type { ItemStatus } from '../model/item.js'

/** An item on its way into storage. The storage gives it its `seq`, in the order of the call. */
export interface NewItem {
  /** `kind:value`, unique in the job. Any text; compared exactly. */
  readonly identity: string
  readonly recipient: string
  readonly messageId: string
  /** What was ingested, as JSON text; the storage keeps it and never looks into it. */
  readonly payload: string
  /** The wave that it goes out with. Default 0. */
  readonly wave?: number | undefined
  /** Further texts by which it is known, unique in the job together with every `identity`. Those of one item may repeat each other. */
  readonly also?: readonly string[] | undefined
}

/** An open item as a claim hands it out. */
export interface ClaimedItem {
  /** `seqInWave(wave, place)`: a whole number from 0 on, ordered within its job and wave; gaps are allowed. */
  readonly seq: number
  readonly recipient: string
  readonly messageId: string
  readonly payload: string
  /** Attempts counted so far, on all channels. */
  readonly attempts: number
  /** Text that core keeps with the item between attempts (attempts by channel, crashes); opaque to the storage. */
  readonly trail?: string | undefined
}

/** An item as it is read back. `status` is what it *reads* as: an open, unleased item of a closed job reads as its closing status. */
export interface ItemRecord extends ClaimedItem {
  readonly status: ItemStatus
  readonly nextAttemptAt?: number | undefined
  readonly channel?: string | undefined
  readonly receipt?: string | undefined
  readonly code?: string | undefined
  readonly reason?: string | undefined
  readonly settledAt?: number | undefined
}
