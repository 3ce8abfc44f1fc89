import type { ExtendParams, JobRecord, NewItem, Storage } from '@broadside/core'
import type { ConformanceCase } from '../conformance-case.js'
import { wrap } from '../wrap.js'
import { leasesSeen } from './leases-seen.js'
import type { Mutant } from './mutant.js'

const both = ['cases', 'model'] as const

/** As a column of type JSON does. */
function parsingPayloads(storage: Storage): Storage {
  const parsed = (item: NewItem) => ({ ...item, payload: JSON.stringify(JSON.parse(item.payload)) })
  return wrap(storage, {
    addItems: (params) => storage.addItems({ ...params, items: params.items.map(parsed) }),
  })
}

/** A unique index that leaves the job out. */
function identifyingAcrossJobs(storage: Storage): Storage {
  const homes = new Map<string, string>()
  return wrap(storage, {
    addItems: async (params) => {
      const { jobId, items } = params
      const elsewhere = items.map(({ identity }) => (homes.get(identity) ?? jobId) !== jobId)
      const own = items.flatMap((item, index) => (elsewhere[index] ? [] : [{ item, index }]))
      const result = await storage.addItems({ ...params, items: own.map(({ item }) => item) })
      if (!result.refused) for (const { item } of own) homes.set(item.identity, jobId)
      const duplicates = result.duplicates.map((index) => own[index]?.index ?? index)
      const more = items.flatMap((_, index) => (elsewhere[index] ? [index] : []))
      return { ...result, duplicates: [...duplicates, ...more].sort((a, b) => a - b) }
    },
  })
}

/** `on conflict do update`. */
function overwritingDuplicates(storage: Storage): Storage {
  const first = new Map<string, string>()
  const latest = new Map<string, NewItem>()
  return wrap(storage, {
    addItems: async (params) => {
      const result = await storage.addItems(params)
      for (const [index, item] of params.items.entries()) {
        const place = `${params.jobId} ${item.identity}`
        if (result.duplicates.includes(index)) latest.set(first.get(place) ?? '', item)
        else first.set(place, `${params.jobId} ${item.messageId}`)
      }
      return result
    },
    listItems: async (params) => {
      const page = await storage.listItems(params)
      const items = page.items.map((item) => {
        const { messageId, payload, recipient } = latest.get(`${params.jobId} ${item.messageId}`) ?? item
        return { ...item, messageId, payload, recipient }
      })
      return { ...page, items }
    },
  })
}

/** Every read of a job gives the same definition, which the reader may change. */
function handingOutWhatIsStored(storage: Storage): Storage {
  const definitions = new Map<string, JobRecord['definition']>()
  return wrap(storage, {
    getJob: async (jobId) => {
      const job = await storage.getJob(jobId)
      if (!job) return undefined
      const definition = definitions.get(jobId) ?? structuredClone(job.definition)
      definitions.set(jobId, definition)
      return { ...job, definition }
    },
  })
}

/** Changes what a claim hands out. */
function handingOut(
  change: (item: { messageId: string; attempts: number }, source: string) => object,
): Mutant['breaks'] {
  return (storage) =>
    wrap(storage, {
      claim: async (params) => {
        const claimed = await storage.claim(params)
        return (
          claimed && { ...claimed, items: claimed.items.map((item) => ({ ...item, ...change(item, params.source) })) }
        )
      },
    })
}

function replayingTheJobAsItIs(storage: Storage): Storage {
  const seen = new Set<string>()
  const isReplay = (key: string | undefined) => {
    if (key === undefined || seen.has(key)) return key !== undefined
    seen.add(key)
    return false
  }
  return wrap(storage, {
    createJob: async (params) => {
      const created = await storage.createJob(params)
      return isReplay(params.once?.key) ? ((await storage.getJob(created.id)) ?? created) : created
    },
    transitionJob: async (params) => {
      const result = await storage.transitionJob(params)
      return result.applied && isReplay(params.once?.key)
        ? { ...result, job: await storage.getJob(params.jobId) }
        : result
    },
  })
}

/** The last word about what has started counts, not the furthest: it is passed on when it matters. */
function startedMovesBack(storage: Storage): Storage {
  const leases = new Map<string, Omit<ExtendParams, 'token' | 'now'>>()
  const note = (token: string, known: Partial<ExtendParams>) => {
    const lease = leases.get(token)
    const { leaseUntil = lease?.leaseUntil, startedThrough = lease?.startedThrough } = known
    if (lease && leaseUntil !== undefined) leases.set(token, { ...lease, leaseUntil, startedThrough })
  }
  return wrap(storage, {
    claim: async (params) => {
      const { token, jobId, leaseUntil, start } = params
      const claimed = await storage.claim({ ...params, start: 0 })
      if (!claimed) return undefined
      const last = claimed.items[Math.min(start, claimed.items.length) - 1]
      const startedThrough = last?.seq ?? claimed.startedThrough
      leases.set(token, { jobId, leaseUntil, startedThrough })
      return { ...claimed, startedThrough }
    },
    extend: async ({ startedThrough, ...params }) => {
      const result = await storage.extend(params)
      if (result.held) note(params.token, { startedThrough, leaseUntil: params.leaseUntil })
      return result
    },
    settle: async ({ startedThrough, ...params }) => {
      const result = await storage.settle(params)
      if (result.held) note(params.token, { startedThrough })
      return result
    },
    reap: async (params) => {
      for (const [token, lease] of leases) await storage.extend({ ...lease, token, now: params.now })
      return storage.reap(params)
    },
  })
}

const needsReopen: ConformanceCase['needs'] = ({ durable }, { reopen }) => {
  if (!durable) return 'it is not durable'
  return reopen ? undefined : 'the harness can’t reopen it'
}

/** What was claimed before the process started again is nobody's. */
function keepingLeasesInMemory(storage: Storage): Storage {
  const seen = leasesSeen()
  const isKnown = (token: string) => seen.claimOf(token) !== undefined
  return wrap(storage, {
    claim: async (params) => seen.add(await storage.claim(params)),
    settle: async (params) => {
      if (isKnown(params.token)) return storage.settle(params)
      const result = await storage.settle({ ...params, settlements: [] })
      return { ...result, held: false, answers: params.settlements.map(() => 'stale' as const) }
    },
    extend: async (params) => {
      const result = await storage.extend(params)
      return { ...result, held: result.held && isKnown(params.token) }
    },
    reap: async (params) => (await storage.reap(params)).filter(({ token }) => isKnown(token)),
  })
}

function keepingMarksInMemory(storage: Storage): Storage {
  const marks = new Map<string, { readonly token: string; readonly leaseUntil: number }>()
  return wrap(storage, {
    acquireMark: async ({ key, token, now, leaseUntil }) => {
      const mark = marks.get(key)
      if (mark && mark.token !== token && mark.leaseUntil > now) return false
      marks.set(key, { token, leaseUntil })
      return true
    },
    releaseMark: async ({ key, token }) => {
      if (marks.get(key)?.token === token) marks.delete(key)
    },
  })
}

/** Mutants that keep something else than they were given, or in the wrong place. */
export const KEEPING_MUTANTS: readonly Mutant[] = [
  {
    name: 'payloads are parsed and written anew',
    guarantee: 'ingest/payloads-are-kept-as-they-are',
    caughtBy: ['cases'],
    breaks: parsingPayloads,
  },
  {
    name: 'an identity is unique among all jobs',
    guarantee: 'ingest/identities-belong-to-their-job',
    caughtBy: both,
    breaks: identifyingAcrossJobs,
  },
  {
    name: 'a duplicate overwrites what is there',
    guarantee: 'ingest/duplicates-across-calls',
    caughtBy: ['cases'],
    breaks: overwritingDuplicates,
  },
  {
    name: 'what is read is no copy',
    guarantee: 'create/answers-are-copies',
    caughtBy: ['cases'],
    breaks: handingOutWhatIsStored,
  },
  {
    name: 'a retry has a messageId of its own',
    guarantee: 'claim/retries-carry-what-was-settled',
    caughtBy: ['cases'],
    breaks: handingOut(({ messageId }, source) => (source === 'retries' ? { messageId: `${messageId}-again` } : {})),
  },
  {
    name: 'attempts are counted by the claim',
    guarantee: 'claim/hands-out-items-with-one-lease',
    caughtBy: both,
    breaks: handingOut(({ attempts }) => ({ attempts: attempts + 1 })),
  },
  {
    name: 'a replay answers how the job stands now',
    guarantee: 'once/create-once',
    caughtBy: ['cases'],
    breaks: replayingTheJobAsItIs,
  },
  {
    name: 'what has started can be taken back',
    guarantee: 'extend/started-never-moves-back',
    caughtBy: both,
    breaks: startedMovesBack,
  },
  {
    name: 'leases are kept in the memory of the process',
    guarantee: 'durable/leases-are-kept',
    caughtBy: ['cases'],
    needs: needsReopen,
    breaks: keepingLeasesInMemory,
  },
  {
    name: 'marks are kept in the memory of the process',
    guarantee: 'durable/keys-and-marks-are-kept',
    caughtBy: ['cases'],
    needs: needsReopen,
    breaks: keepingMarksInMemory,
  },
]
