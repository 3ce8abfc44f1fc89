import type { PausableStatus, SendingRecord, SendingStatus } from '@broadside/core'
import { fromColumn, fromNullable, toColumn, toNullable } from './column-text.js'
import type { Column } from './column-value.js'
import type { Value } from './driver.js'
import { bytesOf, instantFrom } from './instant.js'
import type { Session, Sql } from './session.js'

/** The sending as it is at the moment: a fresh object. */
export function findSending(session: Session, id: string): Promise<SendingRecord | undefined> {
  return read(session, FIND, toColumn(id))
}

/** The sending as it is from now to the end of the transaction. Whoever locks its job, too, has locked that before. */
export function lockSending(session: Session, id: string): Promise<SendingRecord | undefined> {
  return read(session, LOCK, toColumn(id))
}

/** Returns it as it is stored; `undefined` when its id is taken, and nothing is written. */
export function insertSending(session: Session, sending: SendingRecord): Promise<SendingRecord | undefined> {
  return read(session, INSERT, ...valuesOf(sending))
}

/** Stores a sending in place of the one with its id, and returns it as it is stored. */
export async function replaceSending(session: Session, sending: SendingRecord): Promise<SendingRecord> {
  const stored = await read(session, REPLACE, ...valuesOf(sending))
  if (stored === undefined) throw new Error(`the sending "${sending.id}" is not there to be replaced`)
  return stored
}

export async function removeSending(session: Session, id: string): Promise<void> {
  await session.run(DELETE, toColumn(id))
}

export type SendingColumns = [
  id: string,
  version: string,
  status: SendingStatus,
  pausedFrom: PausableStatus | null,
  jobId: Column,
  createdAt: string,
  scheduledAt: Column,
  dueAt: Column,
  startedAt: Column,
  finishedAt: Column,
  reason: Column,
  wakeAt: Column,
  definition: string,
  state: string,
]

export function sendingFrom(row: SendingColumns): SendingRecord {
  const [id, version, status, pausedFrom, jobId, createdAt, scheduledAt, dueAt, startedAt, finishedAt, ...rest] = row
  const [reason, wakeAt, definition, state] = rest
  return {
    id: fromColumn(id),
    version: Number(version),
    status,
    pausedFrom: pausedFrom ?? undefined,
    jobId: fromNullable(jobId),
    createdAt: instantFrom(createdAt),
    scheduledAt: instantFrom(scheduledAt),
    dueAt: instantFrom(dueAt),
    startedAt: instantFrom(startedAt),
    finishedAt: instantFrom(finishedAt),
    reason: fromNullable(reason),
    wakeAt: instantFrom(wakeAt),
    definition: JSON.parse(definition),
    state: fromColumn(state),
  }
}

async function read(session: Session, sql: Sql, ...values: readonly Value[]): Promise<SendingRecord | undefined> {
  const row = await session.row<SendingColumns>(sql, ...values)
  return row && sendingFrom(row)
}

/** Of {@link WRITTEN}. */
function valuesOf(sending: SendingRecord): readonly Value[] {
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
    definition.tags.map(toColumn),
    toNullable(definition.sendtrigger),
    toNullable(definition.message.template),
  ]
}

/** Selects {@link SendingColumns}. */
export const SENDING_COLUMNS = [
  'id, version, status, paused_from, job_id',
  ...['created_at', 'scheduled_at', 'due_at', 'started_at', 'finished_at'].map(bytesOf),
  'reason',
  bytesOf('wake_at'),
  'definition, state',
].join(', ')

const WRITTEN = [
  ...['id', 'version', 'status', 'paused_from', 'job_id'],
  ...['created_at', 'scheduled_at', 'due_at', 'started_at', 'finished_at', 'reason', 'wake_at', 'definition', 'state'],
  // By which sendings are listed: taken from the definition.
  ...['name', 'tags', 'sendtrigger', 'template'],
]
const PLACES = WRITTEN.map((_, index) => `$${index + 1}`)
const FIND: Sql = (s) => `select ${SENDING_COLUMNS} from ${s}.sendings where id = $1`
const LOCK: Sql = (s) => `${FIND(s)} for update`
/** A second sending of the same id writes nothing. */
const INSERT: Sql = (s) => `
  insert into ${s}.sendings (${WRITTEN.join(', ')}) values (${PLACES.join(', ')})
  on conflict (id) do nothing returning ${SENDING_COLUMNS}`
const REPLACE: Sql = (s) => `
  update ${s}.sendings set (${WRITTEN.join(', ')}) = row (${PLACES.join(', ')}) where id = $1
  returning ${SENDING_COLUMNS}`
const DELETE: Sql = (s) => `delete from ${s}.sendings where id = $1`
