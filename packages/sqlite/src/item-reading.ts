import type { ClaimedItem } from '@broadside/core'
import { type ColumnText, fromColumn } from './column-text.js'
import type { Connection } from './connection.js'
import type { Range } from './lease.js'
import type { Outcome } from './outcome.js'
import type { Steps } from './steps.js'
import type { Tables } from './tables.js'

/** How many items are read by one statement. */
const CHUNK = 128

/** Items of a range that were never settled, by `seq`, up to `limit`. */
export function* readFresh(
  db: Connection,
  job: number,
  { firstSeq, lastSeq, limit, isUntouched }: FreshParams,
): Steps<ClaimedItem[]> {
  const items: ClaimedItem[] = []
  for (let from = firstSeq; items.length < limit; ) {
    const chunk = Math.min(CHUNK, limit - items.length)
    const rows = db.rows<ItemTuple>(isUntouched ? ALL : FRESH, job, from, lastSeq, chunk)
    for (const row of rows) items.push(claimedFrom(row))
    if (rows.length < chunk) break
    from = (items.at(-1)?.seq ?? lastSeq) + 1
    yield
  }
  return items
}

export interface FreshParams extends Range {
  readonly limit: number
  /** Nobody has ever claimed anything of the range, so nobody has settled anything of it. */
  readonly isUntouched: boolean
}

/** An item as it was ingested, with what core keeps of its attempts so far. */
export function readClaimed(db: Connection, job: number, { seq, outcome }: ReadClaimedParams): ClaimedItem {
  const row = db.row<ItemTuple>(ONE, job, seq)
  if (row === undefined) throw new Error(`item ${seq} of the job with key ${job} is missing`)
  return { ...claimedFrom(row), attempts: outcome?.attempts ?? 0, trail: outcome?.trail }
}

export interface ReadClaimedParams {
  readonly seq: number
  readonly outcome: Outcome | undefined
}

type ItemTuple = [seq: number, recipient: ColumnText, messageId: ColumnText, payload: ColumnText]

function claimedFrom([seq, recipient, messageId, payload]: ItemTuple): ClaimedItem {
  return {
    seq,
    recipient: fromColumn(recipient),
    messageId: fromColumn(messageId),
    payload: fromColumn(payload),
    attempts: 0,
    trail: undefined,
  }
}

const ALL = ({ items }: Tables) => `
  select seq, recipient, message_id, payload from ${items} where job = ? and seq >= ? and seq <= ? order by seq limit ?`
const FRESH = ({ items, outcomes }: Tables) => `
  select seq, recipient, message_id, payload from ${items} as item
  where job = ? and seq >= ? and seq <= ?
    and not exists (select 1 from ${outcomes} as outcome where outcome.job = item.job and outcome.seq = item.seq)
  order by seq limit ?`
const ONE = ({ items }: Tables) => `select seq, recipient, message_id, payload from ${items} where job = ? and seq = ?`
