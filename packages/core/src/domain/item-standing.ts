import type { ClosingStatus, ItemStatus } from '../model/item.js'

/** What an item counts as: its status and code, as they read. */
export interface Standing {
  readonly status: ItemStatus
  readonly code?: string | undefined
}

/** What a storage keeps of an item that decides how it reads. */
export interface ItemState extends Standing {
  /** Covered by a lease that has not ended, whether or not its end has passed. */
  readonly held: boolean
}

/** How a job was closed, if it was. */
export interface Closing {
  readonly closedAs?: ClosingStatus | undefined
  readonly closedCode?: string | undefined
}

/** An item that nothing has settled yet, and that a lease covers. */
export const FRESH_HELD: ItemState = { status: 'pending', code: undefined, held: true }
/** An item that nothing has settled yet, and that no lease covers. */
export const FRESH_FREE: ItemState = { status: 'pending', code: undefined, held: false }

/** What an item reads as, in pages, filters and counts: an open item of a closed job that no lease covers reads as closed with it. */
export function standingOf(job: Closing, item: ItemState): Standing {
  if (job.closedAs !== undefined && isClosedWithJob(job, item)) return { status: job.closedAs, code: job.closedCode }
  return { status: item.status, code: item.code }
}

export function isClosedWithJob({ closedAs }: Closing, { status, held }: ItemState): boolean {
  return closedAs !== undefined && status === 'pending' && !held
}
