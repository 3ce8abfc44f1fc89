import { isTerminal, type JobFilter, type JobRecord, type JobStatus, type ListJobsParams } from '@broadside/core'
import { type ColumnText, fromNullable, toColumn } from './column-text.js'
import type { Connection } from './connection.js'
import { recordOf } from './job-record.js'
import type { Steps } from './steps.js'
import type { Tables } from './tables.js'

const CHUNK = 64

export function* listJobs(db: Connection, { filter = {}, after, limit }: ListJobsParams): Steps<readonly JobRecord[]> {
  const page: JobRecord[] = []
  let place: Place | undefined = after && { createdAt: after.createdAt, id: toColumn(after.id) }
  for (;;) {
    const jobs = olderJobs(db, filter, place)
    for (const job of jobs) {
      if (page.length >= limit) return page
      if (passes(job, filter)) page.push(recordOf(db, job))
      place = job
    }
    if (jobs.length < CHUNK) return page
    yield
  }
}

/** Where in the list a job is. */
interface Place {
  readonly createdAt: number
  readonly id: ColumnText
}

interface ListedJob extends Place {
  readonly key: number
  readonly status: JobStatus
  readonly name: string | undefined
  readonly tags: string
  readonly finishedAt: number | null
}

function olderJobs(db: Connection, filter: JobFilter, after: Place | undefined): readonly ListedJob[] {
  const place = after ?? { createdAt: filter.createdBefore ?? Number.MAX_VALUE, id: '' }
  const from = filter.createdFrom ?? -Number.MAX_VALUE
  const rows = db.rows<ListedTuple>(OLDER, place.createdAt, place.id, from, CHUNK)
  return rows.map(([key, createdAt, id, status, name, tags, finishedAt]) => {
    return { key, createdAt, id, status, name: fromNullable(name), tags, finishedAt }
  })
}

function passes(job: ListedJob, { statuses, tags, name, createdBefore, finishedBefore }: JobFilter): boolean {
  return (
    (statuses === undefined || statuses.includes(job.status)) &&
    (tags === undefined || carries(job, tags)) &&
    (name === undefined || job.name === name) &&
    (createdBefore === undefined || job.createdAt < createdBefore) &&
    (finishedBefore === undefined || finishedEarlier(job, finishedBefore))
  )
}

function carries(job: ListedJob, tags: readonly string[]): boolean {
  const own: readonly string[] = JSON.parse(job.tags)
  return tags.every((tag) => own.includes(tag))
}

function finishedEarlier({ status, finishedAt }: ListedJob, instant: number): boolean {
  return isTerminal(status) && finishedAt !== null && finishedAt < instant
}

type ListedTuple = [
  key: number,
  createdAt: number,
  id: ColumnText,
  status: JobStatus,
  name: ColumnText | null,
  tags: string,
  finishedAt: number | null,
]

const OLDER = ({ jobs }: Tables) => `
  select key, created_at, id, status, name, tags, finished_at from ${jobs}
  where (created_at, id) < (?, ?) and created_at >= ? order by created_at desc, id desc limit ?`
