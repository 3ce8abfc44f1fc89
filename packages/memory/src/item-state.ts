import type { ItemStatus, NewItem } from '@broadside/core'
import type { LeaseState } from './lease-state.js'

/** An item as it is kept: one small object, found by its `seq` in the job's array. */
export interface ItemState {
  readonly seq: number
  readonly recipient: string
  readonly messageId: string
  readonly payload: string
  /** What it was last written as. An open item of a closed job may read as something else: see `readStatus`. */
  status: ItemStatus
  attempts: number
  trail: string | undefined
  /** The last lease that covered it, held or ended: whose token may still settle it. */
  lease: LeaseState | undefined
  /** That lease has settled it, so it is covered no longer, and its token gets `already`. */
  settledByLease: boolean
  /** Set once it was settled as to be tried again: it is claimed by its instant, not from the range. */
  retry: Retry | undefined
  outcome: Outcome | undefined
}

/** An item's place among its job's retries. A new one is made for each change, so that the place left behind is void. */
export interface Retry {
  readonly item: ItemState
  readonly nextAttemptAt: number
}

/** What the last settlement said beyond the status. */
export interface Outcome {
  readonly channel: string | undefined
  readonly receipt: string | undefined
  readonly code: string | undefined
  readonly reason: string | undefined
  readonly settledAt: number | undefined
}

export function newItemState(seq: number, item: NewItem): ItemState {
  return {
    seq,
    recipient: item.recipient,
    messageId: item.messageId,
    payload: item.payload,
    status: 'pending',
    attempts: 0,
    trail: undefined,
    lease: undefined,
    settledByLease: false,
    retry: undefined,
    outcome: undefined,
  }
}

/** Open and covered by a lease that is held. */
export function isInFlight(item: ItemState): boolean {
  return item.status === 'pending' && item.lease !== undefined && !item.settledByLease && !item.lease.ended
}
