import type { PausableStatus, SendingRecord, SendingStatus } from '@broadside/core'
import { type ColumnText, fromColumn, fromNullable, toColumn, toNullable } from './column-text.js'
import type { Connection } from './connection.js'
import type { ColumnValue } from './driver.js'
import type { Tables } from './tables.js'

export function findSending(db: Connection, id: string): SendingRecord | undefined {
  const row = db.row<SendingTuple>(FIND, toColumn(id))
  return row && sendingFrom(row)
}

export function insertSending(db: Connection, sending: SendingRecord): void {
  db.run(INSERT, ...columnsOf(sending))
}

/** Stores a sending in place of the one with its id. */
export function replaceSending(db: Connection, sending: SendingRecord): void {
  const [id = null, ...columns] = columnsOf(sending)
  db.run(REPLACE, ...columns, id)
}

export function removeSending(db: Connection, id: string): void {
  db.run(DELETE, toColumn(id))
}

/** Up to `limit` sendings whose `wakeAt` is at or before `now`, earliest first. */
export function sendingsDue(db: Connection, now: number, limit: number): readonly SendingRecord[] {
  return db.rows<SendingTuple>(DUE, now, limit).map(sendingFrom)
}

/** The next `wakeAt` after `now`. */
export function nextWakeAt(db: Connection, now: number): number | undefined {
  return db.row<[number]>(NEXT, now)?.[0]
}

const COLUMNS = [
  'id',
  'version',
  'status',
  'paused_from',
  'job_id',
  'created_at',
  'scheduled_at',
  'due_at',
  'started_at',
  'finished_at',
  'reason',
  'wake_at',
  'definition',
  'state',
] as const
/** By which sendings are listed: taken from the definition. */
const LISTED = ['name', 'tags', 'sendtrigger', 'template'] as const

type SendingTuple = [
  id: ColumnText,
  version: number,
  status: SendingStatus,
  pausedFrom: PausableStatus | null,
  jobId: ColumnText | null,
  createdAt: number,
  scheduledAt: number | null,
  dueAt: number | null,
  startedAt: number | null,
  finishedAt: number | null,
  reason: ColumnText | null,
  wakeAt: number | null,
  definition: string,
  state: ColumnText,
]

function sendingFrom(row: SendingTuple): SendingRecord {
  const [id, version, status, pausedFrom, jobId, createdAt, scheduledAt, dueAt, startedAt, finishedAt, ...rest] = row
  const [reason, wakeAt, definition, state] = rest
  return {
    id: fromColumn(id),
    version,
    status,
    pausedFrom: pausedFrom ?? undefined,
    jobId: fromNullable(jobId),
    createdAt,
    scheduledAt: scheduledAt ?? undefined,
    dueAt: dueAt ?? undefined,
    startedAt: startedAt ?? undefined,
    finishedAt: finishedAt ?? undefined,
    reason: fromNullable(reason),
    wakeAt: wakeAt ?? undefined,
    definition: JSON.parse(definition),
    state: fromColumn(state),
  }
}

function columnsOf(sending: SendingRecord): ColumnValue[] {
  const { definition } = sending
  return [
    toColumn(sending.id),
    sending.version,
    sending.status,
    sending.pausedFrom ?? null,
    toNullable(sending.jobId),
    sending.createdAt,
    sending.scheduledAt ?? null,
    sending.dueAt ?? null,
    sending.startedAt ?? null,
    sending.finishedAt ?? null,
    toNullable(sending.reason),
    sending.wakeAt ?? null,
    JSON.stringify(definition),
    toColumn(sending.state),
    toNullable(definition.name),
    JSON.stringify(definition.tags),
    toNullable(definition.sendtrigger),
    toNullable(definition.message.template),
  ]
}

const READ = COLUMNS.join(', ')
const WRITTEN = [...COLUMNS, ...LISTED]
const FIND = ({ sendings }: Tables) => `select ${READ} from ${sendings} where id = ?`
const INSERT = ({ sendings }: Tables) =>
  `insert into ${sendings} (${WRITTEN.join(', ')}) values (${WRITTEN.map(() => '?').join(', ')})`
const REPLACE = ({ sendings }: Tables) => {
  const [, ...rest] = WRITTEN
  return `update ${sendings} set ${rest.map((column) => `${column} = ?`).join(', ')} where id = ?`
}
const DELETE = ({ sendings }: Tables) => `delete from ${sendings} where id = ?`
const DUE = ({ sendings }: Tables) => `select ${READ} from ${sendings} where wake_at <= ? order by wake_at, id limit ?`
const NEXT = ({ sendings }: Tables) => `select wake_at from ${sendings} where wake_at > ? order by wake_at limit 1`
