import type { Claimable, ClaimableList, ListClaimableParams } from '@broadside/core'
import { fromColumn, toColumn } from './column-text.js'
import { booleanFrom, type Column } from './column-value.js'
import type { Value } from './driver.js'
import { bytesOf, instantFrom } from './instant.js'
import type { Prepared } from './prepared.js'
import type { Session, Sql } from './session.js'
import type { Message } from './transactions.js'

export async function listClaimable(session: Session, params: ListClaimableParams): Promise<ClaimableList> {
  return listFrom(await session.rows<ClaimableColumns>(LIST, ...valuesOf(params)), params)
}

/** {@link listClaimable} as a message: it takes longer to plan than to run. */
export function listClaimableAtOnce(params: ListClaimableParams): Message<ClaimableList> {
  return {
    steps: [{ prepared: PREPARED_LIST, values: valuesOf(params) }],
    answer: ([rows = []]) => listFrom(rows as readonly ClaimableColumns[], params),
  }
}

function valuesOf({ now, channels, limit }: ListClaimableParams): readonly Value[] {
  return [now, channels.map(toColumn), limit]
}

function listFrom(rows: readonly ClaimableColumns[], { limit }: ListClaimableParams): ClaimableList {
  const ready: Claimable[] = []
  for (const [, id, priority, startedAt, retriesDue, wavesDue] of rows) {
    if (id === null) continue
    const common = { jobId: fromColumn(id), priority: Number(priority), startedAt: instantFrom(startedAt) ?? 0 }
    if (booleanFrom(retriesDue)) ready.push({ ...common, source: 'retries', wave: 0 })
    for (const wave of wavesIn(wavesDue)) ready.push({ ...common, source: 'range', wave })
  }
  return { ready: ready.slice(0, limit), nextAt: instantFrom(rows[0]?.[0] ?? null) }
}

/** Each once, ascending: a wave may have several ranges. */
function wavesIn(list: Column): readonly number[] {
  const waves: readonly number[] = list === null ? [] : JSON.parse(list)
  return waves.length < 2 ? waves : [...new Set(waves)].sort((a, b) => a - b)
}

type ClaimableColumns = [
  nextAt: Column,
  id: Column,
  priority: Column,
  startedAt: Column,
  retriesDue: Column,
  wavesDue: Column,
]

/**
 * One row a job that has something, or one without a job. What a job has is found at the beginning of an index, however large it is: a
 * search for the first in order can only be made so, while for `exists` the planner may go through all items, hoping to meet one soon.
 * What waits without an instant waits for infinity, which is no reason to look again.
 */
const LIST: Sql = (s) => `
  with running as materialized (
    select job.id, job.priority, coalesce(job.started_at, 0) as started_at,
      retry.due as retries_due, free.waves_due, least(retry.next_at, free.next_at) as next_at
    from ${s}.jobs as job
    cross join lateral (
      select
        (
          select true from ${s}.items
          where items.job = job.key and next_attempt_at is not null and not held and next_attempt_at <= $1
          order by next_attempt_at limit 1
        ) as due,
        (
          select next_attempt_at from ${s}.items
          where items.job = job.key and next_attempt_at is not null and not held and next_attempt_at > $1
          order by next_attempt_at limit 1
        ) as next_at
    ) as retry
    cross join lateral (
      select
        json_agg(wave) filter (where not_before is null or not_before <= $1)::text as waves_due,
        min(not_before) filter (where not_before > $1 and not_before < 'Infinity') as next_at
      from ${s}.ranges where ranges.job = job.key
    ) as free
    where job.status = 'processing' and job.channels <@ $2::text[]
  )
  select ${bytesOf('next.at')}, ready.id, ready.priority, ${bytesOf('ready.started_at')}, retries_due, waves_due
  from (
    select least(
      (select min(next_at) from running), (select min(lease_until) from ${s}.leases where lease_until > $1)
    ) as at
  ) as next
  left join (
    select * from running where retries_due or waves_due is not null order by priority desc, started_at, id limit $3
  ) as ready on true
  order by ready.priority desc, ready.started_at, ready.id`

const PREPARED_LIST: Prepared = { sql: LIST, types: ['float8', 'text[]', 'bigint'] }
