import type { ClosingStatus, JobRecord, JobStatus } from '@broadside/core'
import { type ColumnText, fromColumn, fromNullable } from './column-text.js'
import type { Connection } from './connection.js'
import { findJob, type JobRow } from './job-row.js'
import type { Tables } from './tables.js'

/** The job as callers see it: a fresh object. */
export function readJob(db: Connection, id: string): JobRecord | undefined {
  const job = findJob(db, id)
  return job && recordOf(db, job)
}

export function recordOf(db: Connection, { key }: Pick<JobRow, 'key'>): JobRecord {
  const row = db.row<RecordTuple>(READ, key)
  if (row === undefined) throw new Error(`the texts of the job with key ${key} are missing`)
  return recordFrom(row)
}

function recordFrom(row: RecordTuple): JobRecord {
  const [id, ownerId, createdAt, status, inFlight, closedAs, closedCode, runNo, startedAt, finishedAt, ...rest] = row
  const [ingestErrors, channels, definition, prepared, ...counters] = rest
  const [received, pending, enqueued, error, skipped, cancelled, expired, uncertain] = counters
  return {
    id: fromColumn(id),
    definition: JSON.parse(definition),
    ownerId: fromNullable(ownerId),
    createdAt,
    status,
    counters: { received, pending, enqueued, error, skipped, cancelled, expired, uncertain },
    inFlight,
    closedAs: closedAs ?? undefined,
    closedCode: fromNullable(closedCode),
    runNo,
    ingestErrors: JSON.parse(ingestErrors),
    channels: JSON.parse(channels),
    prepared: prepared === null ? undefined : JSON.parse(prepared),
    startedAt: startedAt ?? undefined,
    finishedAt: finishedAt ?? undefined,
  }
}

type RecordTuple = [
  id: ColumnText,
  ownerId: ColumnText | null,
  createdAt: number,
  status: JobStatus,
  inFlight: number,
  closedAs: ClosingStatus | null,
  closedCode: ColumnText | null,
  runNo: number,
  startedAt: number | null,
  finishedAt: number | null,
  ingestErrors: string,
  channels: string,
  definition: string,
  prepared: string | null,
  received: number,
  pending: number,
  enqueued: number,
  error: number,
  skipped: number,
  cancelled: number,
  expired: number,
  uncertain: number,
]

const READ = ({ jobs, contents }: Tables) => `
  select id, owner_id, created_at, status, in_flight, closed_as, closed_code, run_no, started_at, finished_at,
    ingest_errors, channels, definition, prepared,
    received, pending, enqueued, error, skipped, cancelled, expired, uncertain
  from ${jobs} join ${contents} on job = key where key = ?`
