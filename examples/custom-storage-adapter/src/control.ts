import type { JobControl } from '@broadside/core'
import type { JobRow } from './job-row.js'

/** What an engine learns of a job with every answer. */
export function control({ status, closedAs, counters }: JobRow): JobControl {
  return { status, closedAs, pending: counters.pending }
}
