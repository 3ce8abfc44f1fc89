import type { ItemStatus } from '@broadside/core'
import type { JobRow } from './job-row.js'

/** What an item counts as: its status and code as they read. */
export interface Standing {
  readonly status: ItemStatus
  readonly code: string | undefined
}

/** What decides how an item reads. */
export interface ItemState extends Standing {
  /** Covered by a lease that has not ended. */
  readonly held: boolean
}

/** An item that no lease has settled yet. */
export const FRESH_HELD: ItemState = { status: 'pending', code: undefined, held: true }
export const FRESH_FREE: ItemState = { status: 'pending', code: undefined, held: false }

/** An open item of a closed job reads as its job's closing status, unless a lease covers it. */
export function standingOf({ closedAs, closedCode }: JobRow, { status, code, held }: ItemState): Standing {
  return closedAs !== undefined && status === 'pending' && !held
    ? { status: closedAs, code: closedCode }
    : { status, code }
}
