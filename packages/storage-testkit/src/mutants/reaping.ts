import type { ReapedLease, Settlement, Storage } from '@broadside/core'
import { wrap } from '../wrap.js'
import type { Mutant } from './mutant.js'

const both = ['cases', 'model'] as const

/** Claims what has come back and keeps it to itself: what was fetched is gone, as if a cursor had moved when it was. */
function losingWhatWasFetched(storage: Storage): Storage {
  let thefts = 0
  return wrap(storage, {
    reap: async (params) => {
      const reaped = await storage.reap(params)
      for (const { jobId, unstarted } of reaped) {
        for (let left = unstarted; left > 0; ) {
          thefts += 1
          const lease = { token: `lost-${thefts}`, now: params.now, leaseUntil: params.now + 1e12 }
          const claimed = await storage.claim({ jobId, source: 'range', wave: 0, limit: left, start: 0, ...lease })
          if (!claimed) break
          left -= claimed.items.length
        }
      }
      return reaped
    },
  })
}

/** Ends expired leases by giving them back, where nothing of them had started: in one piece. */
function withoutHalving(storage: Storage): Storage {
  const seen = new Map<string, { readonly jobId: string; readonly leaseUntil: number; readonly start: number }>()
  return wrap(storage, {
    claim: async (params) => {
      const claimed = await storage.claim(params)
      if (claimed) seen.set(params.token, params)
      return claimed
    },
    reap: async (params) => {
      const whole: ReapedLease[] = []
      const byEnd = [...seen].sort(([, a], [, b]) => a.leaseUntil - b.leaseUntil)
      for (const [token, { jobId, leaseUntil, start }] of byEnd) {
        if (start > 0 || leaseUntil > params.expiredAt || whole.length >= params.limit) continue
        const unstarted = (await storage.getJob(jobId))?.inFlight ?? 0
        const { held } = await storage.giveBack({ jobId, token, now: params.now })
        const left = (await storage.getJob(jobId))?.inFlight ?? 0
        if (held) whole.push({ jobId, token, unstarted: unstarted - left, started: 0, completed: false })
      }
      return [...whole, ...(await storage.reap({ ...params, limit: params.limit - whole.length }))]
    },
  })
}

/** What `decide` could not decide is settled as an error, and then the call fails after all. */
function failingHalfway(storage: Storage): Storage {
  return wrap(storage, {
    reap: async (params) => {
      const errors: unknown[] = []
      const decide: typeof params.decide = (item, job) => {
        try {
          return params.decide(item, job)
        } catch (error) {
          errors.push(error)
          return { seq: item.seq, to: 'error', attempts: item.attempts, code: 'UNDECIDED' }
        }
      }
      const reaped = await storage.reap({ ...params, decide })
      if (errors.length > 0) throw errors[0]
      return reaped
    },
  })
}

function notAsking(storage: Storage): Storage {
  return wrap(storage, {
    reap: (params) => {
      const decide = ({ seq, attempts }: { seq: number; attempts: number }): Settlement => ({
        seq,
        to: 'pending',
        attempts,
        nextAttemptAt: params.now,
      })
      return storage.reap({ ...params, decide })
    },
  })
}

/** Mutants of reap: when, what, how much. */
export const REAPING_MUTANTS: readonly Mutant[] = [
  {
    name: 'leases are reaped before their end',
    guarantee: 'reap/nothing-is-expired',
    caughtBy: both,
    breaks: (storage) =>
      wrap(storage, { reap: (params) => storage.reap({ ...params, expiredAt: params.expiredAt + 1000 }) }),
  },
  {
    name: 'leases that end at the instant are left',
    guarantee: 'reap/an-end-at-the-instant-is-expired',
    caughtBy: both,
    breaks: (storage) =>
      wrap(storage, { reap: (params) => storage.reap({ ...params, expiredAt: params.expiredAt - 1 }) }),
  },
  {
    name: 'leases are never reaped',
    guarantee: 'reap/what-had-not-started-is-claimable-at-once',
    caughtBy: both,
    breaks: (storage) => wrap(storage, { reap: async () => [] }),
  },
  {
    name: 'a reap knows no limit',
    guarantee: 'reap/in-the-order-of-their-ends',
    caughtBy: both,
    breaks: (storage) => wrap(storage, { reap: (params) => storage.reap({ ...params, limit: 1e9 }) }),
  },
  {
    name: 'what was fetched and not started is lost',
    guarantee: 'reap/nothing-is-lost-with-its-worker',
    caughtBy: both,
    breaks: losingWhatWasFetched,
  },
  { name: 'a reaped range comes back whole', guarantee: 'reap/halving-pieces', caughtBy: both, breaks: withoutHalving },
  {
    name: 'a reap that fails has half happened',
    guarantee: 'reap/a-decide-that-throws',
    caughtBy: ['cases'],
    breaks: failingHalfway,
  },
  {
    name: 'nobody is asked about what had started',
    guarantee: 'reap/decide-is-asked-about-what-had-started',
    caughtBy: both,
    breaks: notAsking,
  },
]
