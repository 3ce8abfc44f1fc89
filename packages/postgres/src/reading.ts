import { toNullable } from './column-text.js'
import type { Value } from './driver.js'
import { codeOfStatus } from './item-status-code.js'
import type { JobRow } from './job-row.js'
import type { Sql } from './session.js'

/**
 * How items of a job read, for statements over `items as item` whose parameters begin with {@link readingValues}: `$1` is the
 * job, `$2` its closing status or null, `$3` the code of that.
 */
export function readingValues({ key, closedAs, closedCode }: JobRow): readonly Value[] {
  return [key, closedAs === undefined ? null : codeOfStatus(closedAs), toNullable(closedCode)]
}

/** Whether an item was closed with its job: it is open, and no lease covers it. */
export const IS_CLOSED: Sql = (s) => `
  ($2::smallint is not null and item.status = 0 and not item.held and (item.detached or not exists (
    select from ${s}.leases as lease where lease.job = item.job and item.seq between lease.first_seq and lease.last_seq)))`

export const STATUS: Sql = (s) => `(case when ${IS_CLOSED(s)} then $2::smallint else item.status end)`
export const CODE: Sql = (s) => `(case when ${IS_CLOSED(s)} then $3::text else item.code end)`
