import type { Claimable, ClaimableList, ListClaimableParams } from '@broadside/core'
import { fromColumn, toColumn } from './column-text.js'
import { booleanFrom, type Column, numberFrom } from './column-value.js'
import type { Session, Sql } from './session.js'

export async function listClaimable(session: Session, params: ListClaimableParams): Promise<ClaimableList> {
  const { now, channels, limit } = params
  const rows = await session.rows<ClaimableColumns>(LIST, now, channels.map(toColumn))
  const ready: Claimable[] = []
  let nextAt = Number.POSITIVE_INFINITY
  for (const [leaseEnd, id, priority, startedAt, retriesDue, rangeDue, nextRetry, nextRange] of rows) {
    nextAt = Math.min(nextAt, ...[leaseEnd, nextRetry, nextRange].map((at) => numberFrom(at) ?? nextAt))
    if (id === null) continue
    const common = { jobId: fromColumn(id), wave: 0, priority: Number(priority), startedAt: Number(startedAt) }
    if (booleanFrom(retriesDue)) ready.push({ ...common, source: 'retries' })
    if (booleanFrom(rangeDue)) ready.push({ ...common, source: 'range' })
  }
  return { ready: ready.slice(0, limit), nextAt: Number.isFinite(nextAt) ? nextAt : undefined }
}

type ClaimableColumns = [
  leaseEnd: Column,
  id: Column,
  priority: Column,
  startedAt: Column,
  retriesDue: Column,
  rangeDue: Column,
  nextRetry: Column,
  nextRange: Column,
]

/** One row a job, or one without a job. What a job has is found at the beginning of an index, however large the job is. */
const LIST: Sql = (s) => `
  select lease.ends, job.id, job.priority, job.started_at, retry.due, free.due, retry.next_at, free.next_at
  from (select min(lease_until) as ends from ${s}.leases where lease_until > $1) as lease
  left join ${s}.jobs as job on job.status = 'processing' and job.channels <@ $2::text[]
  left join lateral (
    select
      exists (
        select from ${s}.items where items.job = job.key and next_attempt_at is not null and not held and next_attempt_at <= $1
      ) as due,
      (
        select next_attempt_at from ${s}.items
        where items.job = job.key and next_attempt_at is not null and not held and next_attempt_at > $1
        order by next_attempt_at limit 1
      ) as next_at
  ) as retry on true
  left join lateral (
    select
      bool_or(not_before is null or not_before <= $1) as due,
      min(not_before) filter (where not_before > $1) as next_at
    from ${s}.ranges where ranges.job = job.key and wave = 0
  ) as free on true
  order by job.priority desc, job.started_at, job.id`
