import type { AddItemsResult, Claim, Counters, JobRecord, Storage } from '@broadside/core'
import { wrap } from '../wrap.js'
import type { Mutant } from './mutant.js'

/** Selects, then updates: those who select meanwhile get the same. */
function selectingBeforeUpdating(storage: Storage): Storage {
  const underWay = new Map<string, Promise<Claim | undefined>>()
  return wrap(storage, {
    claim: async (params) => {
      const place = `${params.source} ${params.jobId}`
      const selected = underWay.get(place)
      if (selected) return selected.then((claimed) => claimed && { ...claimed, token: params.token })
      const claiming = storage.claim(params).finally(() => underWay.delete(place))
      underWay.set(place, claiming)
      return claiming
    },
  })
}

/** Looks for duplicates first and inserts then: of calls at the same time none sees what the others insert. */
function lookingBeforeInserting(storage: Storage): Storage {
  let underWay = 0
  return wrap(storage, {
    addItems: async (params) => {
      const unseen = underWay
      underWay += 1
      try {
        if (unseen === 0) return await storage.addItems(params)
        const items = params.items.map((item) => ({ ...item, identity: `${item.identity} of call ${unseen}` }))
        return await storage.addItems({ ...params, items })
      } finally {
        underWay -= 1
      }
    },
  })
}

function readingBeforeMoving(storage: Storage): Storage {
  return wrap(storage, {
    transitionJob: async (params) => {
      const before = await storage.getJob(params.jobId)
      const result = await storage.transitionJob(params)
      return before?.status === params.from ? { ...result, applied: true } : result
    },
  })
}

function storingAnswersAfterwards(storage: Storage): Storage {
  const answers = new Map<string, JobRecord>()
  const added = new Map<string, AddItemsResult>()
  return wrap(storage, {
    createJob: async ({ job, once }) => {
      const stored = once && answers.get(once.key)
      if (stored) return stored
      const created = await storage.createJob({ job })
      if (once) answers.set(once.key, created)
      return created
    },
    addItems: async ({ once, ...params }) => {
      const stored = once && added.get(once.key)
      if (stored) return { ...stored, replayed: true }
      const result = await storage.addItems(params)
      if (once) added.set(once.key, result)
      return result
    },
  })
}

/** Reads the counters, settles, and writes what it has read and what it has settled: what others wrote meanwhile is lost. */
function countingOutsideTheTransaction(storage: Storage): Storage {
  const lost = new Map<string, number>()
  let turn: Promise<unknown> = Promise.resolve()
  const enqueuedIn = async (jobId: string) => (await storage.getJob(jobId))?.counters.enqueued ?? 0
  return wrap(storage, {
    getJob: async (jobId) => {
      const job = await storage.getJob(jobId)
      return job && { ...job, counters: without(job.counters, lost.get(jobId) ?? 0) }
    },
    settle: async (params) => {
      const read = await enqueuedIn(params.jobId)
      const settling = turn.then(async () => {
        const meanwhile = (await enqueuedIn(params.jobId)) - read
        lost.set(params.jobId, (lost.get(params.jobId) ?? 0) + meanwhile)
        return storage.settle(params)
      })
      turn = settling.catch(() => undefined)
      return settling
    },
  })
}

function without({ enqueued, pending, ...counters }: Counters, lost: number): Counters {
  return { ...counters, enqueued: enqueued - lost, pending: pending + lost }
}

/** Mutants that are right as long as one call comes after the other. */
export const RACING_MUTANTS: readonly Mutant[] = [
  {
    name: 'concurrent claims get the same items',
    guarantee: 'claim/one-caller-gets-an-item',
    caughtBy: ['cases'],
    breaks: selectingBeforeUpdating,
  },
  {
    name: 'concurrent ingests find no duplicates',
    guarantee: 'ingest/concurrent-calls',
    caughtBy: ['cases'],
    breaks: lookingBeforeInserting,
  },
  {
    name: 'of concurrent runs each is applied',
    guarantee: 'transition/one-of-concurrent-callers',
    caughtBy: ['cases'],
    breaks: readingBeforeMoving,
  },
  {
    name: 'an answer is stored after its call, not with it',
    guarantee: 'once/concurrent-calls',
    caughtBy: ['cases'],
    breaks: storingAnswersAfterwards,
  },
  {
    name: 'counters are written outside the transaction',
    guarantee: 'counters/many-hands',
    caughtBy: ['cases'],
    breaks: countingOutsideTheTransaction,
  },
]
