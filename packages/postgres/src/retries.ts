import type { ClaimedItem } from '@broadside/core'
import { fromNullable, toColumn } from './column-text.js'
import type { Column } from './column-value.js'
import { CLAIMED_COLUMNS, type ClaimedColumns, claimedFrom } from './item-reading.js'
import { rowsAt } from './item-rows.js'
import type { Session, Sql } from './session.js'

/**
 * Takes up to `limit` retries (open items that were settled as to be tried again) that are due at `now` for a lease, which marks each:
 * the earliest first. Returns them by `seq`.
 */
export async function holdDueRetries(
  session: Session,
  job: string,
  { now, limit, token }: { readonly now: number; readonly limit: number; readonly token: string },
): Promise<readonly ClaimedItem[]> {
  const rows = await session.rows<ClaimedColumns>(HOLD, job, now, limit, toColumn(token))
  return rows.map(claimedFrom).sort((a, b) => a.seq - b.seq)
}

/** Retries that a lease was handed out with. */
export interface HeldRetries {
  readonly token: string
  readonly seqs: readonly number[]
}

/** Those of the set that the lease still covers. */
export async function readHeld(
  session: Session,
  job: string,
  { token, seqs }: HeldRetries,
): Promise<readonly ClaimedItem[]> {
  const rows = await session.rows<ClaimedColumns>(HELD, job, seqs, toColumn(token))
  return rows.map(claimedFrom)
}

/** Lets go of those that the lease still covers; they wait until `notBefore` at least. Returns the code of each. */
export async function releaseHeld(
  session: Session,
  job: string,
  { token, seqs, notBefore }: HeldRetries & { readonly notBefore: number | undefined },
): Promise<readonly (string | undefined)[]> {
  const rows = await session.rows<[code: Column]>(RELEASE, job, seqs, toColumn(token), notBefore ?? null)
  return rows.map(([code]) => fromNullable(code))
}

const HOLD: Sql = (s) => `
  update ${s}.items as item set held = true, token = $4, spent = false
  where ctid = any (array(
    select ctid from ${s}.items
    where job = $1 and next_attempt_at is not null and not held and next_attempt_at <= $2
    order by next_attempt_at, seq limit $3))
  returning ${CLAIMED_COLUMNS}`
const HELD: Sql = (s) => `
  select ${CLAIMED_COLUMNS} from ${s}.items as item
  where ctid = any (${rowsAt(s, '$2')}) and held and token = $3 order by seq`
const RELEASE: Sql = (s) => `
  update ${s}.items set held = false, next_attempt_at = greatest(next_attempt_at, $4)
  where ctid = any (${rowsAt(s, '$2')}) and held and token = $3
  returning code`
