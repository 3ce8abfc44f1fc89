import type { JobRecord, Storage } from '@broadside/core'
import { wrap } from '../wrap.js'
import type { Mutant } from './mutant.js'

const both = ['cases', 'model'] as const

/** Changes every job as getJob reads it. */
function reading(storage: Storage, change: (job: JobRecord) => JobRecord, replaced: Partial<Storage> = {}): Storage {
  return wrap(storage, {
    getJob: async (jobId) => {
      const job = await storage.getJob(jobId)
      return job && change(job)
    },
    ...replaced,
  })
}

function countingRepeats(storage: Storage): Storage {
  const repeats = new Map<string, number>()
  const change = (job: JobRecord) => {
    const extra = repeats.get(job.id) ?? 0
    const { received, enqueued, ...counters } = job.counters
    return { ...job, counters: { ...counters, received: received + extra, enqueued: enqueued + extra } }
  }
  return reading(storage, change, {
    settle: async (params) => {
      const result = await storage.settle(params)
      const counted = result.answers.filter((answer) => answer === 'already').length
      repeats.set(params.jobId, (repeats.get(params.jobId) ?? 0) + counted)
      return result
    },
  })
}

function countingReapedAsInFlight(storage: Storage): Storage {
  const reaped = new Map<string, number>()
  const change = (job: JobRecord) => {
    const inFlight = Math.min(job.counters.pending, job.inFlight + (reaped.get(job.id) ?? 0))
    return { ...job, inFlight }
  }
  return reading(storage, change, {
    reap: async (params) => {
      const leases = await storage.reap(params)
      for (const { jobId, unstarted } of leases) reaped.set(jobId, (reaped.get(jobId) ?? 0) + unstarted)
      return leases
    },
  })
}

function countingCodesOfSettledOnly(storage: Storage): Storage {
  return wrap(storage, {
    countCodes: async (jobId) => {
      const { items } = await storage.listItems({ jobId, limit: 10_000 })
      const counts = new Map<string, number>()
      for (const { code, status } of items) {
        if (code !== undefined && status !== 'pending') counts.set(code, (counts.get(code) ?? 0) + 1)
      }
      return Object.fromEntries(counts)
    },
  })
}

function sayingCompletedAgain(storage: Storage): Storage {
  return wrap(storage, {
    settle: async (params) => {
      const result = await storage.settle(params)
      return { ...result, completed: result.control.status === 'completed' }
    },
  })
}

function notSayingCompletedOnReap(storage: Storage): Storage {
  return wrap(storage, {
    reap: async (params) => (await storage.reap(params)).map((lease) => ({ ...lease, completed: false })),
  })
}

function notSayingCompletedOnResume(storage: Storage): Storage {
  return wrap(storage, {
    transitionJob: async (params) => ({ ...(await storage.transitionJob(params)), completed: false }),
  })
}

function notSayingCompletedOnSettle(storage: Storage): Storage {
  return wrap(storage, { settle: async (params) => ({ ...(await storage.settle(params)), completed: false }) })
}

/** Waits for as many sent as received. */
function completingWhenAllAreSent(storage: Storage): Storage {
  const isShort = ({ counters }: JobRecord) => counters.enqueued < counters.received
  const change = (job: JobRecord): JobRecord =>
    job.status === 'completed' && isShort(job) ? { ...job, status: 'processing', finishedAt: undefined } : job
  return reading(storage, change, {
    settle: async (params) => {
      const result = await storage.settle(params)
      const job = await storage.getJob(params.jobId)
      if (!job || !isShort(job) || result.control.status !== 'completed') return result
      return { ...result, completed: false, control: { ...result.control, status: 'processing' } }
    },
  })
}

function keepingEnds(storage: Storage): Storage {
  const ends = new Map<string, number | undefined>()
  return reading(
    storage,
    (job) => {
      const finishedAt = job.finishedAt ?? ends.get(job.id)
      ends.set(job.id, finishedAt)
      return { ...job, finishedAt }
    },
    {
      settle: async (params) => {
        const result = await storage.settle(params)
        ends.set(params.jobId, (await storage.getJob(params.jobId))?.finishedAt)
        return result
      },
    },
  )
}

/** Mutants of counters and completion. */
export const COUNTING_MUTANTS: readonly Mutant[] = [
  {
    name: 'repeats are counted twice',
    guarantee: 'counters/replays-do-not-count',
    caughtBy: both,
    breaks: countingRepeats,
  },
  {
    name: 'a reaped lease stays in flight',
    guarantee: 'counters/in-flight-follows-leases',
    caughtBy: both,
    breaks: countingReapedAsInFlight,
  },
  {
    name: 'pending leaves out what is in flight',
    guarantee: 'claim/adds-to-in-flight',
    caughtBy: both,
    breaks: (storage) =>
      reading(storage, (job) => ({
        ...job,
        counters: { ...job.counters, pending: job.counters.pending - job.inFlight },
      })),
  },
  {
    name: 'codes of waiting retries are not counted',
    guarantee: 'counters/codes',
    caughtBy: both,
    breaks: countingCodesOfSettledOnly,
  },
  {
    name: 'completion is said by every settle of a completed job',
    guarantee: 'completion/said-once',
    caughtBy: both,
    breaks: sayingCompletedAgain,
  },
  {
    name: 'completion by a reap is not said',
    guarantee: 'completion/by-a-reap',
    caughtBy: both,
    breaks: notSayingCompletedOnReap,
  },
  {
    name: 'completion by a run or resume is not said',
    guarantee: 'completion/a-run-without-items',
    caughtBy: both,
    breaks: notSayingCompletedOnResume,
  },
  {
    name: 'a job taken up again keeps its end',
    guarantee: 'revise/takes-failed-items-up-again',
    caughtBy: both,
    breaks: keepingEnds,
  },
  {
    name: 'completion by a settle is not said',
    guarantee: 'completion/the-last-item-completes',
    caughtBy: both,
    breaks: notSayingCompletedOnSettle,
  },
  {
    name: 'a job with failures never completes',
    guarantee: 'completion/the-last-item-completes',
    caughtBy: both,
    breaks: completingWhenAllAreSent,
  },
  {
    name: 'a completed job has no end',
    guarantee: 'completion/the-last-item-completes',
    caughtBy: both,
    breaks: (storage) =>
      reading(storage, (job) => (job.status === 'completed' ? { ...job, finishedAt: undefined } : job)),
  },
]
