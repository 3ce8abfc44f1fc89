import type { ItemPage, ItemRecord, ListItemsParams } from '@broadside/core'
import { fromNullable, toColumn } from './column-text.js'
import { booleanFrom, type Column, numberFrom } from './column-value.js'
import type { Value } from './driver.js'
import { CLAIMED_COLUMNS, type ClaimedColumns, claimedFrom } from './item-reading.js'
import { lastSeqUpTo } from './item-seq.js'
import { codeOfStatus, isFailed, statusOfCode } from './item-status-code.js'
import { findJob, type JobRow, requireJob } from './job-row.js'
import { CODE, IS_CLOSED, readingValues, STATUS } from './reading.js'
import type { Session, Sql } from './session.js'

/** How many items a page looks at, at most, when a filter may let few of them through. */
const STRETCH = 1_000

export async function listItems(session: Session, params: ListItemsParams): Promise<ItemPage> {
  const job = requireJob(await findJob(session, params.jobId), params.jobId)
  const look = lookOf(job, params)
  const rows = await session.rows<LookedColumns>(look.sql, ...readingValues(job), ...look.values)
  const items: ItemRecord[] = []
  let next: number | undefined
  for (const [seq, ...columns] of rows) {
    if (items.length >= params.limit) return { items, next }
    if (booleanFrom(columns[0])) items.push(recordFrom(job, columns))
    next = Number(seq)
  }
  return rows.length < look.limit ? { items } : { items, next }
}

/** The items that a page looks at: one more than it may hold, which shows whether it is the last. */
interface Look {
  readonly sql: Sql
  /** What follows the values of the reading. */
  readonly values: readonly Value[]
  readonly limit: number
}

function lookOf(job: JobRow, { after = -1, limit, ...filters }: ListItemsParams): Look {
  const statuses = filters.statuses && [...new Set(filters.statuses)]
  const codes = filters.codes && [...new Set(filters.codes)]
  const filter = [statuses?.map(codeOfStatus) ?? null, codes?.map(toColumn) ?? null]
  const values = (most: number) => [lastSeqUpTo(after), most, ...filter]
  // An item that was closed with its job is in none of the two indexes.
  const isIndexed = job.closedAs === undefined || !passesClosed(job, { statuses, codes })
  if (isIndexed && codes) return { sql: BY_CODE, values: values(limit + 1), limit: limit + 1 }
  if (isIndexed && statuses?.every(isFailed)) return { sql: BY_STATUS, values: values(limit + 1), limit: limit + 1 }
  const most = statuses || codes ? Math.max(STRETCH, limit + 1) : limit + 1
  return { sql: BY_SEQ, values: values(most), limit: most }
}

function passesClosed(
  { closedAs, closedCode }: JobRow,
  { statuses, codes }: Pick<ListItemsParams, 'statuses' | 'codes'>,
) {
  if (closedAs === undefined || (statuses && !statuses.includes(closedAs))) return false
  return !codes || (closedCode !== undefined && codes.includes(closedCode))
}

type RestColumns = [
  passes: string,
  ...ClaimedColumns,
  closed: string,
  status: string,
  nextAttemptAt: Column,
  channel: Column,
  receipt: Column,
  code: Column,
  reason: Column,
  settledAt: Column,
]
type LookedColumns = [seq: string, ...RestColumns]

function recordFrom(job: JobRow, columns: RestColumns): ItemRecord {
  const [, seq, recipient, messageId, payload, attempts, trail, closed, status, ...rest] = columns
  const [nextAttemptAt, channel, receipt, code, reason, settledAt] = rest
  const isClosed = booleanFrom(closed)
  return {
    ...claimedFrom([seq, recipient, messageId, payload, attempts, trail]),
    status: statusOfCode(Number(status)),
    nextAttemptAt: isClosed ? undefined : numberFrom(nextAttemptAt),
    channel: fromNullable(channel),
    receipt: fromNullable(receipt),
    code: fromNullable(code),
    reason: isClosed ? undefined : fromNullable(reason),
    settledAt: isClosed ? job.finishedAt : numberFrom(settledAt),
  }
}

/**
 * Reads the items that `looked` finds, by `seq`; of those that the filter keeps back only the `seq`. `$4` is `after`, `$5` how many
 * to look at, `$6` and `$7` statuses and codes, or null.
 */
function pageOf(looked: Sql): Sql {
  const columns = ['closed', 'reads', 'next_attempt_at', 'channel', 'receipt', 'code_reads', 'reason', 'settled_at']
  const shown = [...CLAIMED_COLUMNS.split(', '), ...columns.map((column) => `item.${column}`)]
  return (s) => `
    select item.seq, item.passes, ${shown.map((column) => `case when item.passes then ${column} end`).join(', ')}
    from (
      select item.*, ($6::smallint[] is null or item.reads = any ($6)) and ($7::text[] is null or item.code_reads = any ($7)) as passes
      from (
        select item.*, ${IS_CLOSED(s)} as closed, ${STATUS(s)} as reads, ${CODE(s)} as code_reads
        from (${looked(s)}) as item
      ) as item
    ) as item
    order by item.seq`
}

const BY_SEQ = pageOf((s) => `select * from ${s}.items where job = $1 and seq > $4 order by seq limit $5`)
const BY_STATUS = pageOf(
  (s) => `
    select found.* from unnest($6::smallint[]) as wanted (failed) cross join lateral (
      select * from ${s}.items where job = $1 and items.failed = wanted.failed and seq > $4 order by seq limit $5
    ) as found order by found.seq limit $5`,
)
const BY_CODE = pageOf(
  (s) => `
    select found.* from unnest($7::text[]) as wanted (code) cross join lateral (
      select * from ${s}.items
      where job = $1 and items.code is not null and "left"(items.code, 200) = "left"(wanted.code, 200)
        and items.code = wanted.code and seq > $4
      order by seq limit $5
    ) as found order by found.seq limit $5`,
)
