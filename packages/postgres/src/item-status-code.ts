import type { ItemStatus } from '@broadside/core'

/** How a status is stored. The numbers are in people's databases: they never change, and the schema names some of them. */
const CODES: { readonly [status in ItemStatus]: number } = {
  pending: 0,
  enqueued: 1,
  error: 2,
  skipped: 3,
  cancelled: 4,
  expired: 5,
  uncertain: 6,
}

const STATUSES = new Map(Object.entries(CODES).map(([status, code]) => [code, status as ItemStatus]))

export function codeOfStatus(status: ItemStatus): number {
  return CODES[status]
}

export function statusOfCode(code: number): ItemStatus {
  const status = STATUSES.get(code)
  if (status === undefined) throw new RangeError(`no item status is stored as ${code}`)
  return status
}

/** Whether the items that were settled to this status are in the index of failed ones. */
export function isFailed(status: ItemStatus): boolean {
  return status === 'error' || status === 'skipped' || status === 'uncertain'
}
