import { BroadsideError, type ClosingStatus, type JobControl, type JobStatus } from '@broadside/core'
import { fromNullable, toColumn } from './column-text.js'
import { booleanFrom, type Column, numberFrom } from './column-value.js'
import type { Prepared, Step } from './prepared.js'
import type { Rows, Session, Sql } from './session.js'

/** What changes of a job, and decides what may happen to it; its texts are read only where they are asked for. */
export interface JobRow {
  /** The number by which our other tables know the job. */
  readonly key: string
  readonly id: string
  /** The sending that it belongs to. */
  readonly ownerId: string | undefined
  readonly status: JobStatus
  readonly closedAs: ClosingStatus | undefined
  readonly closedCode: string | undefined
  /** The `seq` behind the items of its wave 0. */
  readonly nextSeq: number
  /** Some of its items are known by further texts. */
  readonly hasFurtherTexts: boolean
  readonly pending: number
  readonly inFlight: number
  readonly finishedAt: number | undefined
}

/** The job as it is at the moment. */
export function findJob(session: Session, id: string): Promise<JobRow | undefined> {
  return read(session, FIND, id)
}

/**
 * The job as it is from now to the end of the transaction: whoever writes anything of a job has this lock first. So what is
 * written of one job happens in some order, and nobody who waits for a job holds what another waits for.
 */
export function lockJob(session: Session, id: string): Promise<JobRow | undefined> {
  return read(session, LOCK, id)
}

/** @throws BroadsideError `JOB_NOT_FOUND` */
export function requireJob(job: JobRow | undefined, id: string): JobRow {
  if (job) return job
  throw new BroadsideError('JOB_NOT_FOUND', `There is no job "${id}": it was deleted, or its id is wrong.`, {
    jobId: id,
  })
}

export function controlOf({ status, closedAs, pending }: JobRow): JobControl {
  return { status, closedAs, pending }
}

/** {@link lockJob}, as the first step of a message. */
export function lockStep(id: string): Step {
  return { prepared: PREPARED_LOCK, values: [toColumn(id)] }
}

/** What {@link lockStep} has found. */
export function lockedJob([row]: Rows, id: string): JobRow | undefined {
  return row && jobFrom(row as JobColumns, id)
}

async function read(session: Session, sql: Sql, id: string): Promise<JobRow | undefined> {
  const row = await session.row<JobColumns>(sql, toColumn(id))
  return row && jobFrom(row, id)
}

function jobFrom(row: JobColumns, id: string): JobRow {
  const [key, ownerId, status, closedAs, closedCode, nextSeq, hasFurtherTexts, pending, inFlight, finishedAt] = row
  return {
    key,
    id,
    ownerId: fromNullable(ownerId),
    status,
    closedAs: closedAs ?? undefined,
    closedCode: fromNullable(closedCode),
    nextSeq: Number(nextSeq),
    hasFurtherTexts: booleanFrom(hasFurtherTexts),
    pending: Number(pending),
    inFlight: Number(inFlight),
    finishedAt: numberFrom(finishedAt),
  }
}

type JobColumns = [
  key: string,
  ownerId: Column,
  status: JobStatus,
  closedAs: ClosingStatus | null,
  closedCode: Column,
  nextSeq: string,
  hasFurtherTexts: string,
  pending: string,
  inFlight: string,
  finishedAt: Column,
]

const FIND: Sql = (s) => `
  select key, owner_id, status, closed_as, closed_code, next_seq, has_further_texts, pending, in_flight, finished_at
  from ${s}.jobs where id = $1`
const LOCK: Sql = (s) => `${FIND(s)} for update`
const PREPARED_LOCK: Prepared = { sql: LOCK, types: ['text'] }
