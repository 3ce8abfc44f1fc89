import {
  isTerminalSending,
  type ListSendingsParams,
  SENDING_STATUSES,
  type SendingRecord,
  type SendingSortKey,
  type SortDirection,
} from '@broadside/core'
import { toColumn, toNullable } from './column-text.js'
import { SENDING_COLUMNS, type SendingColumns, sendingFrom } from './sending-row.js'
import type { Session, Sql } from './session.js'

const TERMINAL = SENDING_STATUSES.filter(isTerminalSending)

export async function listSendings(session: Session, params: ListSendingsParams): Promise<readonly SendingRecord[]> {
  const { filter = {}, sortBy, sortDir, after, limit } = params
  const { statuses, tags, name, triggers, template } = filter
  const { createdFrom, createdBefore, dueFrom, dueBefore, finishedBefore } = filter
  const rows = await session.rows<SendingColumns>(
    PAGES[sortBy][sortDir],
    after ? KEYS[sortBy].of(after.value) : null,
    toNullable(after?.id),
    statuses ?? null,
    tags?.map(toColumn) ?? null,
    toNullable(name),
    triggers?.map(toColumn) ?? null,
    toNullable(template),
    createdFrom ?? null,
    createdBefore ?? null,
    dueFrom ?? null,
    dueBefore ?? null,
    finishedBefore ?? null,
    TERMINAL,
    limit,
  )
  return rows.map(sendingFrom)
}

/** What sendings are sorted by, as indexes have it: never null, and lowest where there is nothing. */
interface SortKey {
  readonly sql: string
  readonly type: string
  /** That of a value. */
  readonly of: (value: number | string | undefined) => number | string
}

const KEYS: { readonly [key in SendingSortKey]: SortKey } = {
  createdAt: { sql: 'created_at', type: 'float8', of: instantKey },
  dueAt: { sql: "coalesce(due_at, '-infinity')", type: 'float8', of: instantKey },
  name: {
    sql: `coalesce('=' || name, '') collate "C"`,
    type: 'text collate "C"',
    of: (value) => (value === undefined ? '' : toColumn(`=${value}`)),
  },
}

function instantKey(value: number | string | undefined): number {
  return value === undefined ? Number.NEGATIVE_INFINITY : Number(value)
}

const PAGES: { readonly [key in SendingSortKey]: { readonly [direction in SortDirection]: Sql } } = {
  createdAt: pagesBy(KEYS.createdAt),
  dueAt: pagesBy(KEYS.dueAt),
  name: pagesBy(KEYS.name),
}

function pagesBy(key: SortKey): { readonly [direction in SortDirection]: Sql } {
  return { asc: pageOf(key, { direction: 'asc', beyond: '>' }), desc: pageOf(key, { direction: 'desc', beyond: '<' }) }
}

interface Order {
  readonly direction: SortDirection
  /** How what comes later compares. */
  readonly beyond: '>' | '<'
}

/** A sending may have a `finished_at` without being terminal, for as long as core says so. */
function pageOf({ sql: key, type }: SortKey, { direction, beyond }: Order): Sql {
  return (s) => `
    select ${SENDING_COLUMNS} from ${s}.sendings
    where ($1::text is null or (${key}, id) ${beyond} ($1::text::${type}, $2::text collate "C"))
      and ($3::text[] is null or status = any ($3))
      and ($4::text[] is null or tags @> $4)
      and ($5::text is null or name = $5)
      and ($6::text[] is null or sendtrigger = any ($6))
      and ($7::text is null or template = $7)
      and ($8::float8 is null or created_at >= $8)
      and ($9::float8 is null or created_at < $9)
      and ($10::float8 is null or due_at >= $10)
      and ($11::float8 is null or due_at < $11)
      and ($12::float8 is null or finished_at < $12 and status = any ($13::text[]))
    order by ${key} ${direction}, id ${direction} limit $14`
}
