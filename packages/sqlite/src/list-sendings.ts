import {
  isTerminalSending,
  type ListSendingsParams,
  type SendingFilter,
  type SendingRecord,
  type SendingSortKey,
  type SendingStatus,
  type SortDirection,
} from '@broadside/core'
import { type ColumnText, fromColumn, fromNullable, toColumn } from './column-text.js'
import type { Connection } from './connection.js'
import type { ColumnValue } from './driver.js'
import { findSending } from './sending-row.js'
import type { Steps } from './steps.js'
import type { Sql, Tables } from './tables.js'

const CHUNK = 64

export function* listSendings(db: Connection, params: ListSendingsParams): Steps<readonly SendingRecord[]> {
  const { filter = {}, limit } = params
  const page: SendingRecord[] = []
  let place: Place | undefined = params.after && {
    value: sortValue(params.after.value),
    id: toColumn(params.after.id),
  }
  for (;;) {
    const rows = rowsAfter(db, params, place)
    for (const row of rows) {
      if (page.length >= limit) return page
      const sending = passes(row, filter) ? findSending(db, fromColumn(row.id)) : undefined
      if (sending) page.push(sending)
      place = row
    }
    if (rows.length < CHUNK) return page
    yield
  }
}

/** Where in the list a sending stands: by what it is sorted by, `null` for nothing, then by its id. */
interface Place {
  readonly value: ColumnValue
  readonly id: ColumnText
}

interface Row extends Place {
  readonly status: SendingStatus
  readonly createdAt: number
  readonly dueAt: number | undefined
  readonly finishedAt: number | undefined
  readonly name: string | undefined
  readonly tags: readonly string[]
  readonly trigger: string | undefined
  readonly template: string | undefined
}

function sortValue(value: number | string | undefined): ColumnValue {
  return typeof value === 'string' ? toColumn(value) : (value ?? null)
}

function rowsAfter(
  db: Connection,
  { sortBy, sortDir }: Pick<ListSendingsParams, 'sortBy' | 'sortDir'>,
  place: Place | undefined,
): readonly Row[] {
  const sql = LISTS[sortBy][sortDir]
  if (place === undefined) return db.rows<RowTuple>(sql.first, CHUNK).map(rowFrom)
  const { value, id } = place
  if (value === null) return db.rows<RowTuple>(sql.afterNone, id, CHUNK).map(rowFrom)
  return db.rows<RowTuple>(sql.after, value, value, id, CHUNK).map(rowFrom)
}

function passes(row: Row, filter: SendingFilter): boolean {
  const { statuses, tags, name, triggers, template, finishedBefore } = filter
  return (
    (statuses === undefined || statuses.includes(row.status)) &&
    (tags === undefined || tags.every((tag) => row.tags.includes(tag))) &&
    (name === undefined || row.name === name) &&
    (triggers === undefined || (row.trigger !== undefined && triggers.includes(row.trigger))) &&
    (template === undefined || row.template === template) &&
    isBetween(row.createdAt, filter.createdFrom, filter.createdBefore) &&
    isBetween(row.dueAt, filter.dueFrom, filter.dueBefore) &&
    (finishedBefore === undefined || finishedEarlier(row, finishedBefore))
  )
}

/** Without a bound, an instant that is missing is fine. */
function isBetween(instant: number | undefined, from: number | undefined, before: number | undefined): boolean {
  if (from === undefined && before === undefined) return true
  return instant !== undefined && instant >= (from ?? instant) && (before === undefined || instant < before)
}

function finishedEarlier({ status, finishedAt }: Row, instant: number): boolean {
  return isTerminalSending(status) && finishedAt !== undefined && finishedAt < instant
}

type RowTuple = [
  value: ColumnValue,
  id: ColumnText,
  status: SendingStatus,
  createdAt: number,
  dueAt: number | null,
  finishedAt: number | null,
  name: ColumnText | null,
  tags: string,
  trigger: ColumnText | null,
  template: ColumnText | null,
]

function rowFrom([value, id, status, createdAt, dueAt, finishedAt, name, tags, trigger, template]: RowTuple): Row {
  return {
    value,
    id,
    status,
    createdAt,
    dueAt: dueAt ?? undefined,
    finishedAt: finishedAt ?? undefined,
    name: fromNullable(name),
    tags: JSON.parse(tags),
    trigger: fromNullable(trigger),
    template: fromNullable(template),
  }
}

/** The statements of one order: from its beginning, after a place, and after one among those without a value. */
interface List {
  readonly first: Sql
  readonly after: Sql
  readonly afterNone: Sql
}

const LISTS: { readonly [key in SendingSortKey]: { readonly [direction in SortDirection]: List } } = {
  createdAt: { asc: ascending('created_at'), desc: descending('created_at') },
  dueAt: { asc: ascending('due_at'), desc: descending('due_at') },
  name: { asc: ascending('name'), desc: descending('name') },
}

/** SQLite sorts null before everything, and after it in descending order. */
function ascending(key: string): List {
  const order = `order by ${key}, id limit ?`
  return {
    first: (tables) => `${select(key, tables)} ${order}`,
    after: (tables) => `${select(key, tables)} where ${key} > ? or (${key} = ? and id > ?) ${order}`,
    afterNone: (tables) => `${select(key, tables)} where ${key} is not null or id > ? ${order}`,
  }
}

function descending(key: string): List {
  const order = `order by ${key} desc, id desc limit ?`
  return {
    first: (tables) => `${select(key, tables)} ${order}`,
    after: (tables) => `${select(key, tables)} where ${key} < ? or ${key} is null or (${key} = ? and id < ?) ${order}`,
    afterNone: (tables) => `${select(key, tables)} where ${key} is null and id < ? ${order}`,
  }
}

function select(key: string, { sendings }: Tables): string {
  return `select ${key}, id, status, created_at, due_at, finished_at, name, tags, sendtrigger, template from ${sendings}`
}
