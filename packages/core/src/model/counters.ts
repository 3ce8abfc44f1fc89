import type { ItemStatus } from './item.js'

/**
 * How many items a job received and where they stand. Exact at every moment:
 * `received = pending + enqueued + error + skipped + cancelled + expired + uncertain`.
 */
export type Counters = { readonly received: number } & { readonly [status in ItemStatus]: number }

export const ZERO_COUNTERS: Counters = {
  received: 0,
  pending: 0,
  enqueued: 0,
  error: 0,
  skipped: 0,
  cancelled: 0,
  expired: 0,
  uncertain: 0,
}
