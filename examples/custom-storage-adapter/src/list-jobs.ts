import { isTerminal, type JobFilter, type JobRecord, type ListJobsParams } from '@broadside/core'
import { jobRecord } from './find-job.js'
import type { JobRow } from './job-row.js'
import { KEYS, startingWith } from './keys.js'
import type { Tx } from './tx.js'
import { walk } from './walk.js'

/** Walks all jobs from the newest on, a chunk at a time, until the page is full. */
export async function listJobs(tx: Tx, { filter = {}, after, limit }: ListJobsParams): Promise<readonly JobRecord[]> {
  const found: JobRecord[] = []
  const { gte, lt } = startingWith(KEYS.newest)
  const before = after ? KEYS.newestJob(after.createdAt, after.id) : lt
  for await (const [, key] of walk<number>(tx, { gte, lt: before, reverse: true, chunk: 100 })) {
    if (found.length >= limit) break
    const row = await tx.need<JobRow>(KEYS.row(key))
    if (matches(row, filter)) found.push(await jobRecord(tx, row))
  }
  return found
}

function matches(job: JobRow, filter: JobFilter): boolean {
  const { statuses, tags = [], name, createdFrom = -Infinity, createdBefore = Infinity, finishedBefore } = filter
  return (
    (statuses === undefined || statuses.includes(job.status)) &&
    tags.every((tag) => job.tags.includes(tag)) &&
    (name === undefined || job.name === name) &&
    createdFrom <= job.createdAt &&
    job.createdAt < createdBefore &&
    (finishedBefore === undefined || finishedBeforeInstant(job, finishedBefore))
  )
}

function finishedBeforeInstant({ status, finishedAt = Infinity }: JobRow, instant: number): boolean {
  return isTerminal(status) && finishedAt < instant
}
