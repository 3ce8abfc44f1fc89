import type { DueSendings } from '@broadside/core'
import type { Column } from './column-value.js'
import { bytesOf, instantFrom } from './instant.js'
import { SENDING_COLUMNS, type SendingColumns, sendingFrom } from './sending-row.js'
import type { Session, Sql } from './session.js'

export async function listDueSendings(
  session: Session,
  { now, limit }: { readonly now: number; readonly limit: number },
): Promise<DueSendings> {
  const rows = await session.rows<DueColumns>(DUE, now, limit)
  return {
    due: rows.flatMap(([, ...sending]) => (isFound(sending) ? [sendingFrom(sending)] : [])),
    nextAt: instantFrom(rows[0]?.[0] ?? null),
  }
}

/** Without a sending, its columns are null. */
type DueColumns = readonly [nextAt: Column, ...sending: Column[]]

function isFound(columns: readonly Column[]): columns is SendingColumns {
  return columns.some((column) => column !== null)
}

/** One row a sending that is due, or one without a sending. */
const DUE: Sql = (s) => `
  select ${bytesOf('next.wake_at')}, due.*
  from (select (select wake_at from ${s}.sendings where wake_at > $1 order by wake_at limit 1) as wake_at) as next
  left join (
    select ${SENDING_COLUMNS}
    from (select * from ${s}.sendings where wake_at <= $1 order by wake_at, id limit $2) as sending
    order by sending.wake_at, sending.id
  ) as due on true`
