import type { ClosingStatus, JobRecord, JobStatus } from '@broadside/core'
import { fromColumn, fromNullable, toColumn } from './column-text.js'
import type { Column } from './column-value.js'
import { bytesOf, instantFrom } from './instant.js'
import type { JobRow } from './job-row.js'
import type { Session, Sql } from './session.js'

/** The job as callers see it: a fresh object. */
export async function findRecord(session: Session, id: string): Promise<JobRecord | undefined> {
  const row = await session.row<RecordColumns>(BY_ID, toColumn(id))
  return row && recordFrom(row)
}

export async function recordOf(session: Session, { key }: Pick<JobRow, 'key'>): Promise<JobRecord> {
  const row = await session.row<RecordColumns>(BY_KEY, key)
  if (row === undefined) throw new Error(`the texts of the job with key ${key} are missing`)
  return recordFrom(row)
}

export function recordFrom(row: RecordColumns): JobRecord {
  const [id, ownerId, createdAt, status, inFlight, closedAs, closedCode, runNo, startedAt, finishedAt, ...rest] = row
  const [ingestErrors, channels, definition, prepared, ...counts] = rest
  const [received = 0, pending = 0, enqueued = 0, error = 0, skipped = 0, cancelled = 0, expired = 0, uncertain = 0] =
    counts.map(Number)
  return {
    id: fromColumn(id),
    definition: JSON.parse(definition),
    ownerId: fromNullable(ownerId),
    createdAt: instantFrom(createdAt),
    status,
    counters: { received, pending, enqueued, error, skipped, cancelled, expired, uncertain },
    inFlight: Number(inFlight),
    closedAs: closedAs ?? undefined,
    closedCode: fromNullable(closedCode),
    runNo: Number(runNo),
    ingestErrors: JSON.parse(ingestErrors),
    channels: (JSON.parse(channels) as readonly string[]).map(fromColumn),
    prepared: prepared === null ? undefined : JSON.parse(prepared),
    startedAt: instantFrom(startedAt),
    finishedAt: instantFrom(finishedAt),
  }
}

export type RecordColumns = [
  id: string,
  ownerId: Column,
  createdAt: string,
  status: JobStatus,
  inFlight: string,
  closedAs: ClosingStatus | null,
  closedCode: Column,
  runNo: string,
  startedAt: Column,
  finishedAt: Column,
  ingestErrors: string,
  channels: string,
  definition: string,
  prepared: Column,
  received: string,
  pending: string,
  enqueued: string,
  error: string,
  skipped: string,
  cancelled: string,
  expired: string,
  uncertain: string,
]

/** Selects {@link RecordColumns}. */
export const SELECT_RECORD: Sql = (s) => `
  select id, owner_id, ${bytesOf('created_at')}, status, in_flight, closed_as, closed_code, run_no,
    ${bytesOf('started_at')}, ${bytesOf('finished_at')},
    ingest_errors, to_json(channels), definition, prepared,
    received, pending, enqueued, error, skipped, cancelled, expired, uncertain
  from ${s}.jobs as jobs join ${s}.contents as contents on contents.job = jobs.key`
const BY_ID: Sql = (s) => `${SELECT_RECORD(s)} where id = $1`
const BY_KEY: Sql = (s) => `${SELECT_RECORD(s)} where key = $1`
