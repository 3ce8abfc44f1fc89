import type { Claimable } from '../storage/lease.js'

/**
 * Whose turn it is: the highest priority first; among equals the job that was served longest ago, so that a job of a million items
 * does not starve one of ten. `servedAt` counts turns, not time.
 */
export function nextTurn(ready: readonly Claimable[], servedAt: (jobId: string) => number): Claimable | undefined {
  let best: Claimable | undefined
  for (const candidate of ready) {
    if (best === undefined || isBefore(candidate, best, servedAt)) best = candidate
  }
  return best
}

function isBefore(a: Claimable, b: Claimable, servedAt: (jobId: string) => number): boolean {
  if (a.priority !== b.priority) return a.priority > b.priority
  return servedAt(a.jobId) < servedAt(b.jobId)
}
