import { BroadsideError, type CreateJobParams, type JobRecord, type NewJob, ZERO_COUNTERS } from '@broadside/core'
import { jobRecord } from './find-job.js'
import type { JobRow } from './job-row.js'
import { KEYS } from './keys.js'
import type { Tx } from './tx.js'

export async function createJob(tx: Tx, { job }: CreateJobParams): Promise<JobRecord> {
  const { id, createdAt, definition } = job
  if ((await tx.get(KEYS.jobId(id))) !== undefined) {
    throw new BroadsideError('STORAGE_FAILED', `There is a job "${id}" already: give the new one an id of its own.`)
  }
  const key = (await tx.get<number>(KEYS.nextJob)) ?? 0
  tx.put(KEYS.nextJob, key + 1)
  tx.put(KEYS.jobId(id), key)
  tx.put(KEYS.newestJob(createdAt, id), key)
  tx.put(KEYS.row(key), newRow(key, job))
  tx.put(KEYS.content(key), { definition })
  return jobRecord(tx, { key })
}

function newRow(key: number, { id, ownerId, createdAt, definition }: NewJob): JobRow {
  const { name, tags, priority } = definition
  return {
    ...{ key, id, ownerId, createdAt, name, tags, priority },
    status: 'created',
    counters: { ...ZERO_COUNTERS },
    ...{ inFlight: 0, runNo: 0, cursor: 0 },
    channels: [],
    ingestErrors: {},
  }
}
