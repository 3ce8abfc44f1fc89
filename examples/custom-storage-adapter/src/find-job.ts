import { BroadsideError, type JobRecord } from '@broadside/core'
import type { JobContent, JobRow } from './job-row.js'
import { KEYS } from './keys.js'
import type { Tx } from './tx.js'

export async function findJob(tx: Tx, jobId: string): Promise<JobRow | undefined> {
  const key = await tx.get<number>(KEYS.jobId(jobId))
  return key === undefined ? undefined : tx.get<JobRow>(KEYS.row(key))
}

/** The job's row. Rejects with `JOB_NOT_FOUND`. */
export async function needJob(tx: Tx, jobId: string): Promise<JobRow> {
  const job = await findJob(tx, jobId)
  if (!job) throw new BroadsideError('JOB_NOT_FOUND', `There is no job "${jobId}", or no longer.`, { jobId })
  return job
}

/** The job as the contract knows it, a copy of what is stored. */
export async function jobRecord(tx: Tx, { key }: Pick<JobRow, 'key'>): Promise<JobRecord> {
  const row = await tx.need<JobRow>(KEYS.row(key))
  const content = await tx.need<JobContent>(KEYS.content(key))
  const { key: _key, name: _name, tags: _tags, priority: _priority, cursor: _cursor, ...rest } = row
  return { ...rest, ...content }
}

export async function getJob(tx: Tx, jobId: string): Promise<JobRecord | undefined> {
  const job = await findJob(tx, jobId)
  return job && jobRecord(tx, job)
}
