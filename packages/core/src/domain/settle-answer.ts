import type { ItemStatus } from '../model/item.js'
import type { SettleAnswer } from '../storage/settlement.js'
import { type Closing, type ItemState, standingOf } from './item-standing.js'

/** An item that has an outcome already, be it a retry, and whose word about it counts. */
export interface SettledState extends ItemState {
  /** The lease that covers it, or did so last. */
  readonly token?: string | undefined
  /** That token has settled it by itself: no reap did it, and no claim has taken it up since. */
  readonly spent: boolean
}

export interface SettleAgainParams {
  readonly job: Closing
  readonly item: SettledState
  /** Who settles it now, and as what. */
  readonly token: string
  readonly to: ItemStatus
}

/**
 * The answer to a settle of an item that has an outcome already: `applied` when its own lease, or one that was reaped and has the last word still, says
 * what became of an open item or resolves an uncertain one; otherwise why nothing changes.
 */
export function answerToSettled({ job, item, token, to }: SettleAgainParams): SettleAnswer {
  if (item.token !== token) return 'stale'
  const isOpen = !item.spent && standingOf(job, item).status === 'pending'
  const resolves = item.status === 'uncertain' && to !== 'uncertain' && to !== 'pending'
  if (isOpen || resolves) return 'applied'
  return item.spent ? 'already' : 'stale'
}
