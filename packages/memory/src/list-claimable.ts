import type { Claimable, ClaimableList, ListClaimableParams } from '@broadside/core'
import type { JobState } from './job-state.js'
import type { Store } from './store.js'

export function listClaimable(store: Store, { now, channels, limit }: ListClaimableParams): ClaimableList {
  const jobs = [...store.processing].filter((job) => job.channels.every((channel) => channels.includes(channel)))
  const ready = jobs.flatMap((job) => claimablesOf(job, now))
  ready.sort(byTurn)
  return { ready: ready.slice(0, limit), nextAt: nextAtOf(store, jobs, now) }
}

function claimablesOf(job: JobState, now: number): readonly Claimable[] {
  const common = { jobId: job.id, wave: 0, priority: job.definition.priority, startedAt: job.startedAt ?? 0 }
  const claimables: Claimable[] = []
  if (job.retries.peek(now)) claimables.push({ ...common, source: 'retries' })
  if (job.cursor < job.items.length || job.freeRanges.peek(now)) claimables.push({ ...common, source: 'range' })
  return claimables
}

/** Of one job, retries stay before the range: sorting is stable. */
function byTurn(a: Claimable, b: Claimable): number {
  if (a.priority !== b.priority) return b.priority - a.priority
  if (a.startedAt !== b.startedAt) return a.startedAt - b.startedAt
  if (a.jobId === b.jobId) return 0
  return a.jobId < b.jobId ? -1 : 1
}

function nextAtOf(store: Store, jobs: readonly JobState[], now: number): number | undefined {
  let next = Number.POSITIVE_INFINITY
  for (const { leaseUntil } of store.leases) if (leaseUntil > now) next = Math.min(next, leaseUntil)
  for (const { retries, freeRanges } of jobs) {
    next = Math.min(next, retries.nextDueAt(now) ?? next, freeRanges.nextDueAt(now) ?? next)
  }
  return Number.isFinite(next) ? next : undefined
}
