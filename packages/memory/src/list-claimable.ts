import type { Claimable, ClaimableList, ListClaimableParams } from '@broadside/core'
import type { JobState } from './job-state.js'
import type { Store } from './store.js'
import { isDue, nextDueAt } from './waves.js'

export function listClaimable(store: Store, { now, channels, limit }: ListClaimableParams): ClaimableList {
  const jobs = [...store.processing].filter((job) => job.channels.every((channel) => channels.includes(channel)))
  const ready = jobs.flatMap((job) => claimablesOf(job, now))
  ready.sort(byTurn)
  return { ready: ready.slice(0, limit), nextAt: nextAtOf(store, jobs, now) }
}

function claimablesOf(job: JobState, now: number): readonly Claimable[] {
  const common = { jobId: job.id, priority: job.definition.priority, startedAt: job.startedAt ?? 0 }
  const claimables: Claimable[] = []
  if (job.retries.peek(now)) claimables.push({ ...common, source: 'retries', wave: 0 })
  for (const wave of job.waves.all()) {
    if (isDue(wave, now)) claimables.push({ ...common, source: 'range', wave: wave.wave })
  }
  return claimables
}

/** Of one job, retries stay before the waves, and those in their order: sorting is stable. */
function byTurn(a: Claimable, b: Claimable): number {
  if (a.priority !== b.priority) return b.priority - a.priority
  if (a.startedAt !== b.startedAt) return a.startedAt - b.startedAt
  if (a.jobId === b.jobId) return 0
  return a.jobId < b.jobId ? -1 : 1
}

function nextAtOf(store: Store, jobs: readonly JobState[], now: number): number | undefined {
  let next = Number.POSITIVE_INFINITY
  for (const { leaseUntil } of store.leases) if (leaseUntil > now) next = Math.min(next, leaseUntil)
  for (const { retries, waves } of jobs) {
    next = Math.min(next, retries.nextDueAt(now) ?? next)
    for (const wave of waves.all()) next = Math.min(next, nextDueAt(wave, now) ?? next)
  }
  return Number.isFinite(next) ? next : undefined
}
