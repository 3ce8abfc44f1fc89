import type { JobRecord, NewJob, SettleAnswer, SettleParams, SettleResult, Storage } from '@broadside/core'
import { wrap } from '../wrap.js'
import { leasesSeen } from './leases-seen.js'
import type { Mutant } from './mutant.js'

const both = ['cases', 'model'] as const

function runningAnyJob(storage: Storage): Storage {
  return wrap(storage, {
    transitionJob: async (params) => {
      const job = await storage.getJob(params.jobId)
      return storage.transitionJob({ ...params, from: job?.status ?? params.from })
    },
  })
}

function addingToARunningJob(storage: Storage): Storage {
  return wrap(storage, {
    addItems: async (params) => {
      const { jobId } = params
      const status = (await storage.getJob(jobId))?.status
      if (status !== 'processing' && status !== 'paused') return storage.addItems(params)
      await storage.transitionJob({ jobId, from: status, to: 'created', now: 0 })
      const result = await storage.addItems(params)
      await storage.transitionJob({ jobId, from: 'created', to: status, now: 0 })
      return result
    },
  })
}

function writingJobsOver(storage: Storage): Storage {
  const written = new Map<string, NewJob>()
  return wrap(storage, {
    createJob: async (params) => {
      const there = params.once ? undefined : await storage.getJob(params.job.id)
      if (!there) return storage.createJob(params)
      written.set(params.job.id, params.job)
      return { ...there, ...params.job }
    },
    getJob: async (jobId) => {
      const job: JobRecord | undefined = await storage.getJob(jobId)
      return job && { ...job, ...written.get(jobId) }
    },
  })
}

/** Answers that everything is stale where `refused` says so. */
function refusingSettles(
  storage: Storage,
  refused: (params: SettleParams) => Promise<boolean>,
): (params: SettleParams) => Promise<SettleResult> {
  return async (params) => {
    if (!(await refused(params))) return storage.settle(params)
    const result = await storage.settle({ ...params, settlements: [] })
    return { ...result, answers: params.settlements.map(() => 'stale' as const) }
  }
}

function settlingOnlyWhileProcessing(storage: Storage): Storage {
  const isNot = async ({ jobId }: SettleParams) => (await storage.getJob(jobId))?.status !== 'processing'
  return wrap(storage, { settle: refusingSettles(storage, isNot) })
}

function settlingOnlyBeforeTheEnd(storage: Storage): Storage {
  const ends = new Map<string, number>()
  const isOver = async ({ token, now }: SettleParams) => now >= (ends.get(token) ?? Number.POSITIVE_INFINITY)
  return wrap(storage, {
    claim: (params) => {
      ends.set(params.token, params.leaseUntil)
      return storage.claim(params)
    },
    extend: (params) => {
      ends.set(params.token, params.leaseUntil)
      return storage.extend(params)
    },
    settle: refusingSettles(storage, isOver),
  })
}

/** Whoever has claimed here before may settle what was claimed here. */
function askingWhichWorker(storage: Storage): Storage {
  const seen = leasesSeen()
  return wrap(storage, {
    claim: async (params) => seen.add(await storage.claim(params)),
    settle: async (params) => {
      const { jobId, settlements } = params
      if (!seen.tokensOf(jobId).includes(params.token)) return storage.settle(params)
      const answers: SettleAnswer[] = []
      let completed = false
      for (const settlement of settlements) {
        const token = seen.holderOf(jobId, settlement.seq) ?? params.token
        const result = await storage.settle({ ...params, token, settlements: [settlement] })
        answers.push(...result.answers)
        completed ||= result.completed
      }
      return { ...(await storage.settle({ ...params, settlements: [] })), answers, completed }
    },
  })
}

function throwingWhenStale(storage: Storage): Storage {
  return wrap(storage, {
    settle: async (params) => {
      const result = await storage.settle(params)
      if (result.answers.includes('stale')) throw new Error('the lease is lost')
      return result
    },
  })
}

function endingLeasesOnPause(storage: Storage): Storage {
  const seen = leasesSeen()
  return wrap(storage, {
    claim: async (params) => seen.add(await storage.claim(params)),
    transitionJob: async (params) => {
      const { jobId, to, now } = params
      const result = await storage.transitionJob(params)
      if (!result.applied || to !== 'paused') return result
      for (const token of seen.tokensOf(jobId)) await storage.giveBack({ jobId, token, now })
      return { ...result, job: await storage.getJob(jobId) }
    },
  })
}

function releasingAnyMark(storage: Storage): Storage {
  const holders = new Map<string, string>()
  return wrap(storage, {
    acquireMark: async (params) => {
      const acquired = await storage.acquireMark(params)
      if (acquired) holders.set(params.key, params.token)
      return acquired
    },
    releaseMark: ({ key, token }) => storage.releaseMark({ key, token: holders.get(key) ?? token }),
  })
}

/** Mutants that ask too little before they do something, or too much. */
export const GUARDING_MUTANTS: readonly Mutant[] = [
  {
    name: 'a job can be run twice',
    guarantee: 'transition/refused-from-another-status',
    caughtBy: both,
    breaks: runningAnyJob,
  },
  {
    name: 'a job takes more items after its run',
    guarantee: 'ingest/refused-unless-created',
    caughtBy: both,
    breaks: addingToARunningJob,
  },
  {
    name: 'a job of the same id writes over the first',
    guarantee: 'create/an-id-is-used-once',
    caughtBy: ['cases'],
    breaks: writingJobsOver,
  },
  {
    name: 'settle asks which worker, not which lease',
    guarantee: 'settle/another-token-is-stale',
    caughtBy: both,
    breaks: askingWhichWorker,
  },
  {
    name: 'a settle is refused unless its job is processing',
    guarantee: 'settle/tells-the-control-state',
    caughtBy: both,
    breaks: settlingOnlyWhileProcessing,
  },
  {
    name: 'a settle is refused after the end of its lease',
    guarantee: 'settle/late-but-not-reaped',
    caughtBy: both,
    breaks: settlingOnlyBeforeTheEnd,
  },
  {
    name: 'a lost lease is thrown, not answered',
    guarantee: 'settle/another-token-is-stale',
    caughtBy: both,
    breaks: throwingWhenStale,
  },
  {
    name: 'a pause ends the leases',
    guarantee: 'extend/tells-the-control-state',
    caughtBy: both,
    breaks: endingLeasesOnPause,
  },
  {
    name: 'a mark is taken away by anybody',
    guarantee: 'once/mark-is-released-by-its-token',
    caughtBy: ['cases'],
    breaks: releasingAnyMark,
  },
]
