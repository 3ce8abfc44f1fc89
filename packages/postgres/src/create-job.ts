import { BroadsideError, type CreateJobParams, type JobRecord, type NewJob } from '@broadside/core'
import { toColumn, toNullable } from './column-text.js'
import { recordOf } from './job-record.js'
import { callOnce } from './once.js'
import type { Session, Sql } from './session.js'

export async function createJob(session: Session, { job, once }: CreateJobParams): Promise<JobRecord> {
  return (await callOnce(session, { once, call: () => insertJob(session, job), isDone: () => true })).answer
}

export async function insertJob(session: Session, { id, ownerId, createdAt, definition }: NewJob): Promise<JobRecord> {
  const { name, tags, priority } = definition
  const texts = [toColumn(id), toNullable(ownerId), toNullable(name), tags.map(toColumn)] as const
  const row = await session.row<[key: string]>(INSERT_JOB, ...texts, priority, createdAt)
  if (row === undefined) {
    throw new BroadsideError('STORAGE_FAILED', `There is a job "${id}" already: ids are used once.`, { jobId: id })
  }
  await session.run(INSERT_CONTENT, row[0], JSON.stringify(definition))
  return recordOf(session, { key: row[0] })
}

/** A second job of the same id writes nothing, which leaves the transaction usable: it may be the host's. */
const INSERT_JOB: Sql = (s) => `
  insert into ${s}.jobs (id, owner_id, name, tags, priority, created_at, status)
  values ($1, $2, $3, $4, $5, $6, 'created')
  on conflict (id) do nothing returning key`
const INSERT_CONTENT: Sql = (s) => `insert into ${s}.contents (job, definition) values ($1, $2)`
