import { isTerminal, type JobFilter, type JobRecord, type ListJobsParams } from '@broadside/core'
import { type JobState, recordOf } from './job-state.js'
import type { Store } from './store.js'

export function listJobs(store: Store, { filter, after, limit }: ListJobsParams): readonly JobRecord[] {
  const page: JobRecord[] = []
  for (const job of store.order.newestFirst(after)) {
    if (page.length >= limit) break
    if (matches(job, filter ?? {})) page.push(recordOf(job))
  }
  return page
}

function matches(job: JobState, filter: JobFilter): boolean {
  const { statuses, tags, name, createdFrom, createdBefore, finishedBefore } = filter
  return (
    (statuses === undefined || statuses.includes(job.status)) &&
    (tags === undefined || tags.every((tag) => job.definition.tags.includes(tag))) &&
    (name === undefined || job.definition.name === name) &&
    (createdFrom === undefined || job.createdAt >= createdFrom) &&
    (createdBefore === undefined || job.createdAt < createdBefore) &&
    (finishedBefore === undefined || finishedEarlier(job, finishedBefore))
  )
}

function finishedEarlier(job: JobState, instant: number): boolean {
  return isTerminal(job.status) && job.finishedAt !== undefined && job.finishedAt < instant
}
