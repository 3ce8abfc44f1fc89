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

/** Up to {@link CHUNK} rows after a place, and on from the stretch that it lies in to the next. */
function rowsAfter(
  db: Connection,
  { sortBy, sortDir }: Pick<ListSendingsParams, 'sortBy' | 'sortDir'>,
  place: Place | undefined,
): readonly Row[] {
  const { stretches, first, after } = LISTS[sortBy][sortDir]
  const own = place === undefined ? stretches[0] : place.value === null ? 'without' : 'with'
  const rows =
    place === undefined
      ? db.rows<RowTuple>(first[own], CHUNK)
      : db.rows<RowTuple>(after[own], ...(place.value === null ? [] : [place.value]), place.id, CHUNK)
  const isLast = own === stretches[1] || rows.length === CHUNK
  const more = isLast ? [] : db.rows<RowTuple>(first[stretches[1]], CHUNK - rows.length)
  return [...rows, ...more].map(rowFrom)
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

/** Sendings that have what the list is sorted by, and those that have it not: SQLite finds its place in either by an index, and in no mixture of both. */
type Stretch = 'with' | 'without'

/** The statements of one order: for each stretch from its beginning, and after a place. */
interface List {
  readonly stretches: readonly [Stretch, Stretch]
  readonly first: Readonly<Record<Stretch, Sql>>
  readonly after: Readonly<Record<Stretch, Sql>>
}

const LISTS: { readonly [key in SendingSortKey]: { readonly [direction in SortDirection]: List } } = {
  createdAt: listsBy('created_at'),
  dueAt: listsBy('due_at'),
  name: listsBy('name'),
}

function listsBy(key: string): { readonly [direction in SortDirection]: List } {
  return {
    asc: { stretches: ['without', 'with'], ...statements(key, { direction: 'asc', beyond: '>' }) },
    desc: { stretches: ['with', 'without'], ...statements(key, { direction: 'desc', beyond: '<' }) },
  }
}

function statements(
  key: string,
  { direction, beyond }: { readonly direction: SortDirection; readonly beyond: '>' | '<' },
): Pick<List, 'first' | 'after'> {
  const order = {
    with: `order by ${key} ${direction}, id ${direction} limit ?`,
    without: `order by id ${direction} limit ?`,
  }
  return {
    first: {
      with: (tables) => `${select(key, tables)} where ${key} is not null ${order.with}`,
      without: (tables) => `${select(key, tables)} where ${key} is null ${order.without}`,
    },
    after: {
      with: (tables) => `${select(key, tables)} where (${key}, id) ${beyond} (?, ?) ${order.with}`,
      without: (tables) => `${select(key, tables)} where ${key} is null and id ${beyond} ? ${order.without}`,
    },
  }
}

function select(key: string, { sendings }: Tables): string {
  return `select ${key}, id, status, created_at, due_at, finished_at, name, tags, sendtrigger, template from ${sendings}`
}
