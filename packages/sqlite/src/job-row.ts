import { BroadsideError, type ClosingStatus, type JobControl, type JobStatus } from '@broadside/core'
import { type ColumnText, fromNullable, toColumn } from './column-text.js'
import type { Connection } from './connection.js'
import type { Tables } from './tables.js'

/** What changes of a job, and decides what may happen to it; its texts are read only where they are asked for. */
export interface JobRow {
  /** The number by which our other tables know the job. */
  readonly key: number
  readonly id: string
  /** The sending that it belongs to. */
  readonly ownerId: string | undefined
  readonly status: JobStatus
  readonly closedAs: ClosingStatus | undefined
  readonly closedCode: string | undefined
  readonly received: number
  readonly pending: number
  readonly inFlight: number
  readonly finishedAt: number | undefined
}

export function findJob(db: Connection, id: string): JobRow | undefined {
  const row = db.row<JobTuple>(FIND, toColumn(id))
  if (row === undefined) return undefined
  const [key, ownerId, status, closedAs, closedCode, received, pending, inFlight, finishedAt] = row
  return {
    key,
    id,
    ownerId: fromNullable(ownerId),
    status,
    closedAs: closedAs ?? undefined,
    closedCode: fromNullable(closedCode),
    received,
    pending,
    inFlight,
    finishedAt: finishedAt ?? undefined,
  }
}

/** @throws BroadsideError `JOB_NOT_FOUND` */
export function requireJob(db: Connection, id: string): JobRow {
  const job = findJob(db, id)
  if (job) return job
  throw new BroadsideError('JOB_NOT_FOUND', `There is no job "${id}": it was deleted, or its id is wrong.`, {
    jobId: id,
  })
}

export function controlOf({ status, closedAs, pending }: JobRow): JobControl {
  return { status, closedAs, pending }
}

type JobTuple = [
  key: number,
  ownerId: ColumnText | null,
  status: JobStatus,
  closedAs: ClosingStatus | null,
  closedCode: ColumnText | null,
  received: number,
  pending: number,
  inFlight: number,
  finishedAt: number | null,
]

const FIND = ({ jobs }: Tables) =>
  `select key, owner_id, status, closed_as, closed_code, received, pending, in_flight, finished_at from ${jobs} where id = ?`
