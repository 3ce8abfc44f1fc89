import type { Storage } from '@broadside/core'
import { wrap } from '../wrap.js'
import { leasesSeen } from './leases-seen.js'
import type { Mutant } from './mutant.js'

const both = ['cases', 'model'] as const

function forgettingWhatIsLeased(storage: Storage): Storage {
  const seen = leasesSeen()
  return wrap(storage, {
    claim: async (params) => seen.add(await storage.claim(params)),
    closeJob: async (params) => {
      const { jobId, now } = params
      const result = await storage.closeJob(params)
      if (!result.applied) return result
      for (const token of seen.tokensOf(jobId)) await storage.giveBack({ jobId, token, now })
      return { ...result, job: await storage.getJob(jobId) }
    },
  })
}

function filteringByWhatIsWritten(storage: Storage): Storage {
  return wrap(storage, {
    listItems: async (params) => {
      const page = await storage.listItems(params)
      const job = await storage.getJob(params.jobId)
      if (!job?.closedAs || !params.statuses) return page
      return { ...page, items: page.items.filter(({ status }) => status !== job.closedAs) }
    },
  })
}

function dropsRetriesOfClosedJobs(storage: Storage): Storage {
  return wrap(storage, {
    settle: async (params) => {
      const job = await storage.getJob(params.jobId)
      if (!job?.closedAs) return storage.settle(params)
      const settlements = params.settlements.filter(({ to }) => to !== 'pending')
      const result = await storage.settle({ ...params, settlements })
      const answers = [...result.answers]
      return {
        ...result,
        answers: params.settlements.map(({ to }) => (to === 'pending' ? 'stale' : (answers.shift() ?? 'stale'))),
      }
    },
  })
}

function deletingWithItemsInFlight(storage: Storage): Storage {
  const seen = leasesSeen()
  return wrap(storage, {
    claim: async (params) => seen.add(await storage.claim(params)),
    deleteJob: async (params) => {
      const { jobId, now } = params
      const { closedAs } = (await storage.getJob(jobId)) ?? {}
      if (closedAs) for (const token of seen.tokensOf(jobId)) await storage.giveBack({ jobId, token, now })
      return storage.deleteJob(params)
    },
  })
}

/** Mutants of closing and deleting. */
export const CLOSING_MUTANTS: readonly Mutant[] = [
  {
    name: 'closing forgets what is leased',
    guarantee: 'close/moves-what-is-not-in-flight',
    caughtBy: both,
    breaks: forgettingWhatIsLeased,
  },
  {
    name: 'filters see what is written, not what is read',
    guarantee: 'close/items-read-as-closed',
    caughtBy: both,
    breaks: filteringByWhatIsWritten,
  },
  {
    name: 'closing gives no code',
    guarantee: 'close/items-read-as-closed',
    caughtBy: both,
    breaks: (storage) => wrap(storage, { closeJob: ({ code: _, ...params }) => storage.closeJob(params) }),
  },
  {
    name: 'everything is closed as cancelled',
    guarantee: 'close/items-read-as-closed',
    caughtBy: both,
    breaks: (storage) =>
      wrap(storage, { closeJob: (params) => storage.closeJob({ ...params, closedAs: 'cancelled' }) }),
  },
  {
    name: 'a retry in a closed job is refused',
    guarantee: 'close/a-retry-becomes-closed',
    caughtBy: both,
    breaks: dropsRetriesOfClosedJobs,
  },
  {
    name: 'a job is deleted with items in flight',
    guarantee: 'delete/not-with-items-in-flight',
    caughtBy: both,
    breaks: deletingWithItemsInFlight,
  },
  {
    name: 'a sweep knows no limit',
    guarantee: 'delete/swept-in-bounded-steps',
    caughtBy: both,
    breaks: (storage) => wrap(storage, { sweep: (params) => storage.sweep({ ...params, limit: 1e9 }) }),
  },
  {
    name: 'a sweep takes keys that are kept',
    guarantee: 'delete/keys-past-their-time-are-swept',
    caughtBy: ['cases'],
    breaks: (storage) => wrap(storage, { sweep: (params) => storage.sweep({ ...params, now: params.now + 1e12 }) }),
  },
]
