import type { JobFilter, JobRecord, ListItemsParams, Storage } from '@broadside/core'
import { wrap } from '../wrap.js'
import type { Mutant } from './mutant.js'

const both = ['cases', 'model'] as const

/** Counts what it has shown instead of remembering where it was. */
function pagingByOffset(storage: Storage): Storage {
  const everything = async (params: ListItemsParams) => {
    const items = []
    let after: number | undefined
    do {
      const page = await storage.listItems({ ...params, limit: 1000, after })
      items.push(...page.items)
      after = page.next
    } while (after !== undefined)
    return items
  }
  return wrap(storage, {
    listItems: async (params) => {
      const offset = params.after === undefined ? 0 : params.after + 1
      const items = (await everything(params)).slice(offset)
      const page = items.slice(0, params.limit)
      return items.length > page.length ? { items: page, next: offset + page.length - 1 } : { items: page }
    },
  })
}

function skippingEqualInstants(storage: Storage): Storage {
  return wrap(storage, {
    listJobs: async ({ after, ...params }) => {
      const jobs = await storage.listJobs({ ...params, limit: 1e6 })
      const older = after ? jobs.filter(({ createdAt }) => createdAt < after.createdAt) : jobs
      return older.slice(0, params.limit)
    },
  })
}

function matchingAnyTag(storage: Storage): Storage {
  return wrap(storage, {
    listJobs: async (params) => {
      const { tags, ...filter } = params.filter ?? {}
      if (!tags || tags.length === 0) return storage.listJobs(params)
      const jobs = await storage.listJobs({ ...params, filter, limit: 1e6 })
      return jobs.filter(({ definition }) => tags.some((tag) => definition.tags.includes(tag))).slice(0, params.limit)
    },
  })
}

function movingThoughNothingChanged(storage: Storage): Storage {
  return wrap(storage, {
    reviseItems: async (params) => {
      const { jobId, from, jobTo, now } = params
      const result = await storage.reviseItems(params)
      if (!jobTo || !result.applied || result.changed > 0) return result
      const { job, completed } = await storage.transitionJob({ jobId, from, to: jobTo, now: now + 1 })
      return { ...result, job, completed }
    },
  })
}

/** Filters the jobs itself by what `change` takes out of the filter. */
function filteringJobs(
  change: (filter: JobFilter) => JobFilter,
  isLetThrough: (job: JobRecord, filter: JobFilter) => boolean,
): Mutant['breaks'] {
  return (storage) =>
    wrap(storage, {
      listJobs: async (params) => {
        const { filter = {}, limit } = params
        const jobs = await storage.listJobs({ ...params, filter: change(filter), limit: 1e6 })
        return jobs.filter((job) => isLetThrough(job, filter)).slice(0, limit)
      },
    })
}

function listingDeletedJobs(storage: Storage): Storage {
  const deleted = new Map<string, JobRecord>()
  return wrap(storage, {
    deleteJob: async (params) => {
      const job = await storage.getJob(params.jobId)
      const result = await storage.deleteJob(params)
      if (result.applied && job) deleted.set(job.id, job)
      return result
    },
    listJobs: async (params) => {
      const jobs = await storage.listJobs(params)
      return params.after ? jobs : [...jobs, ...deleted.values()].slice(0, params.limit)
    },
  })
}

/** Mutants of pages, filters and revisions. */
export const READING_MUTANTS: readonly Mutant[] = [
  {
    name: 'pages are cut by offset',
    guarantee: 'list-items/stable-while-items-are-settled',
    caughtBy: ['cases'],
    breaks: pagingByOffset,
  },
  {
    name: 'a page repeats the last item of the one before',
    guarantee: 'list-items/pages-of-any-size',
    caughtBy: both,
    breaks: (storage) =>
      wrap(storage, {
        listItems: ({ after, ...params }) =>
          storage.listItems({ ...params, after: after === undefined ? undefined : after - 1 }),
      }),
  },
  {
    name: 'jobs created at the same instant are skipped',
    guarantee: 'list-jobs/newest-first',
    caughtBy: both,
    breaks: skippingEqualInstants,
  },
  {
    name: 'a tag filter lets jobs with any of the tags through',
    guarantee: 'list-jobs/by-tags',
    caughtBy: ['cases'],
    breaks: matchingAnyTag,
  },
  {
    name: 'a deleted job is listed still',
    guarantee: 'delete/a-deleted-job-is-not-found',
    caughtBy: both,
    breaks: listingDeletedJobs,
  },
  {
    name: 'names are compared without case',
    guarantee: 'list-jobs/by-name',
    caughtBy: ['cases'],
    breaks: filteringJobs(
      ({ name: _, ...filter }) => filter,
      ({ definition }, { name }) => name === undefined || definition.name?.toLowerCase() === name.toLowerCase(),
    ),
  },
  {
    name: 'createdBefore belongs to the range',
    guarantee: 'list-jobs/by-creation',
    caughtBy: ['cases'],
    breaks: filteringJobs(
      ({ createdBefore, ...filter }) => ({
        ...filter,
        ...(createdBefore === undefined ? {} : { createdBefore: createdBefore + 1 }),
      }),
      () => true,
    ),
  },
  {
    name: 'jobs that have not finished have finished before any instant',
    guarantee: 'list-jobs/by-the-end',
    caughtBy: ['cases'],
    breaks: filteringJobs(
      ({ finishedBefore: _, ...filter }) => filter,
      ({ finishedAt = 0 }, { finishedBefore = Number.POSITIVE_INFINITY }) => finishedAt < finishedBefore,
    ),
  },
  {
    name: 'a revision ignores which items',
    guarantee: 'revise/only-the-given-seqs',
    caughtBy: both,
    breaks: (storage) => wrap(storage, { reviseItems: ({ seqs: _, ...params }) => storage.reviseItems(params) }),
  },
  {
    name: 'a revision moves the job though nothing changed',
    guarantee: 'revise/nothing-to-change',
    caughtBy: both,
    breaks: movingThoughNothingChanged,
  },
  {
    name: 'revised items are claimable later than now',
    guarantee: 'revise/claimable-from-now-on',
    caughtBy: both,
    breaks: (storage) =>
      wrap(storage, { reviseItems: (params) => storage.reviseItems({ ...params, now: params.now + 1000 }) }),
  },
  {
    name: 'a revision does not ask where the job stands',
    guarantee: 'revise/refused-from-another-status',
    caughtBy: both,
    breaks: (storage) =>
      wrap(storage, {
        reviseItems: async (params) => {
          const job = await storage.getJob(params.jobId)
          return storage.reviseItems({ ...params, from: job?.status ?? params.from })
        },
      }),
  },
]
