import { type Claim, type ClaimParams, startedThroughOf } from '@broadside/core'
import { toColumn } from './column-text.js'
import { claimedFrom, type FreshColumns } from './item-reading.js'
import { controlOf, lockedJob, lockStep } from './job-row.js'
import type { Prepared } from './prepared.js'
import type { Message } from './transactions.js'

/**
 * A claim of a range that no reap has bounded, as one message. It answers nothing where there is none, or the job is not going out: why, and what
 * is to be done then, the claim finds out step by step.
 */
export function claimAtOnce(params: ClaimParams): Message<Claim> | undefined {
  const { jobId, token, now, leaseUntil, source, wave } = params
  if (source !== 'range') return undefined
  const [limit, start] = [params.limit, params.start].map((count) => Math.min(count, Number.MAX_SAFE_INTEGER))
  const values = [toColumn(jobId), now, limit ?? 0, start ?? 0, toColumn(token), leaseUntil, wave]
  return {
    steps: [lockStep(jobId), { prepared: CLAIM, values }],
    answer: ([locked = [], rows = []]) => {
      const job = lockedJob(locked, jobId)
      if (!job || rows.length === 0) return undefined
      const items = rows.map((row) => claimedFrom(row as FreshColumns))
      const startedThrough = startedThroughOf({ items, start: params.start })
      return { token, jobId, items, startedThrough, control: controlOf(job) }
    },
  }
}

/**
 * `$1` is the job, `$2` now, `$3` how many to take, `$4` how many of them to start, `$5` the token, `$6` the lease's end, `$7` the wave. Tables are not joined: what is
 * looked up by a single value is found by its key, however many jobs and leases there are.
 */
const CLAIM: Prepared = {
  types: ['text', 'float8', 'bigint', 'bigint', 'text', 'float8', 'integer'],
  sql: (s) => `
    with range as materialized (
      select job, first_seq, last_seq, open, max_claim from ${s}.ranges
      where job = (select key from ${s}.jobs where id = $1 and status = 'processing') and wave = $7
        and (not_before is null or not_before <= $2)
      order by last_seq limit 1
    ), batch as materialized (
      select seq, recipient, message_id, payload from ${s}.items
      where job = (select job from range where max_claim is null)
        and seq >= (select first_seq from range) and seq <= (select last_seq from range) and not detached
      order by seq limit $3
    ), taken as materialized (
      select (select job from range) as job, (select last_seq from range) as range_end, (select open from range) - count(*) as left_open,
        count(*) as size, min(seq) as first_seq, max(seq) as last_seq,
        coalesce((select max(seq) from (select seq from batch order by seq limit $4) as started), -1) as started_through
      from batch having count(*) > 0
    ), shrunk as (
      update ${s}.ranges set first_seq = (select last_seq + 1 from taken), open = (select left_open from taken)
      where job = (select job from taken where left_open > 0) and wave = $7 and last_seq = (select range_end from taken)
    ), used_up as (
      delete from ${s}.ranges
      where job = (select job from taken where left_open = 0) and wave = $7 and last_seq = (select range_end from taken)
    ), leased as (
      insert into ${s}.leases (job, token, first_seq, last_seq, size, open, started_through, lease_until)
      select job, $5, first_seq, last_seq, size, size, started_through, $6 from taken
    ), held as (
      update ${s}.jobs set in_flight = in_flight + (select size from taken) where key = (select job from taken)
    )
    select seq, recipient, message_id, payload from batch order by seq`,
}
