import { BroadsideError, type CreateJobParams, type JobRecord, type NewJob } from '@broadside/core'
import { toColumn, toNullable } from './column-text.js'
import type { Connection } from './connection.js'
import { recordOf } from './job-record.js'
import { findJob, requireJob } from './job-row.js'
import { callOnce } from './once.js'
import { inOneStep, type Steps } from './steps.js'
import type { Tables } from './tables.js'

export function* createJob(db: Connection, { job, once }: CreateJobParams): Steps<JobRecord> {
  const call = () => inOneStep(() => insertJob(db, job))
  return (yield* callOnce(db, { once, call, isDone: () => true })).answer
}

export function insertJob(db: Connection, job: NewJob): JobRecord {
  if (findJob(db, job.id)) {
    throw new BroadsideError('STORAGE_FAILED', `There is a job "${job.id}" already: ids are used once.`, {
      jobId: job.id,
    })
  }
  const { name, tags, priority } = job.definition
  const texts = [toColumn(job.id), toNullable(job.ownerId), toNullable(name), JSON.stringify(tags)] as const
  db.run(INSERT_JOB, ...texts, priority, job.createdAt)
  const { key } = requireJob(db, job.id)
  db.run(INSERT_CONTENT, key, JSON.stringify(job.definition))
  return recordOf(db, { key })
}

const INSERT_JOB = ({ jobs }: Tables) => `
  insert into ${jobs} (id, owner_id, name, tags, priority, created_at, status) values (?, ?, ?, ?, ?, ?, 'created')`
const INSERT_CONTENT = ({ contents }: Tables) => `insert into ${contents} (job, definition) values (?, ?)`
