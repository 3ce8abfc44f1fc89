import type { ListItemsParams, Standing } from '@broadside/core'
import type { Connection } from './connection.js'
import type { JobRow } from './job-row.js'
import { isMarked, knownCodes } from './marked-items.js'

export type ItemFilter = Pick<ListItemsParams, 'statuses' | 'codes'>

export function passes({ status, code }: Standing, { statuses, codes }: ItemFilter): boolean {
  if (statuses && !statuses.includes(status)) return false
  return !codes || (code !== undefined && codes.includes(code))
}

/**
 * The codes (`undefined`: none) whose items hold everything that the filter lets through; `undefined` when only a look at
 * every item finds it.
 */
export function codesToVisit(
  db: Connection,
  job: JobRow,
  filter: ItemFilter,
): readonly (string | undefined)[] | undefined {
  const { closedAs, closedCode } = job
  // An item that was closed with its job may have no row of its own, and so no place in the index.
  if (closedAs && passes({ status: closedAs, code: closedCode }, filter)) return undefined
  if (filter.codes) return [...new Set(filter.codes)]
  return filter.statuses?.every(isMarked) ? knownCodes(db, job.key) : undefined
}
