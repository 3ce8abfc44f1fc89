import type { Claim, Claimable, Storage } from '@broadside/core'
import { wrap } from '../wrap.js'
import type { Mutant } from './mutant.js'

const both = ['cases', 'model'] as const

function handingOutTwice(storage: Storage): Storage {
  const last = new Map<string, Claim>()
  return wrap(storage, {
    claim: async (params) => {
      const claimed = await storage.claim(params)
      const before = last.get(params.jobId)
      if (claimed) last.set(params.jobId, claimed)
      return claimed ?? (before && { ...before, token: params.token })
    },
  })
}

function claimingWhilePaused(storage: Storage): Storage {
  return wrap(storage, {
    claim: async (params) => {
      const { jobId, now } = params
      const resume = { jobId, from: 'paused', to: 'processing', now } as const
      const { applied, completed } = await storage.transitionJob(resume)
      const claimed = await storage.claim(params)
      if (applied && !completed) await storage.transitionJob({ ...resume, from: 'processing', to: 'paused' })
      return claimed
    },
  })
}

function givingBackAsRetries(storage: Storage): Storage {
  return wrap(storage, {
    giveBack: async (params) => {
      const { jobId, token, now, notBefore } = params
      const { items } = await storage.listItems({ jobId, statuses: ['pending'], limit: 10_000 })
      const settlements = items.map(({ seq, attempts }) => ({
        seq,
        to: 'pending' as const,
        attempts,
        nextAttemptAt: notBefore ?? now,
      }))
      const { held } = await storage.settle({ jobId, token, now, settlements: [] })
      if (!held) return storage.giveBack(params)
      const { control } = await storage.settle({ jobId, token, now, settlements })
      return { held: true, control }
    },
  })
}

/** Changes the order of what is ready. */
function ordering(compare: (a: Claimable, b: Claimable) => number): Mutant['breaks'] {
  return (storage) =>
    wrap(storage, {
      listClaimable: async (params) => {
        const list = await storage.listClaimable(params)
        return { ...list, ready: [...list.ready].sort(compare) }
      },
    })
}

function forgettingEndsOfLeases(storage: Storage): Storage {
  const ends = new Set<number>()
  return wrap(storage, {
    claim: (params) => {
      ends.add(params.leaseUntil)
      return storage.claim(params)
    },
    listClaimable: async (params) => {
      const list = await storage.listClaimable(params)
      return list.nextAt !== undefined && ends.has(list.nextAt) ? { ready: list.ready } : list
    },
  })
}

function notExtending(storage: Storage): Storage {
  return wrap(storage, {
    extend: async ({ leaseUntil: _, ...params }) => {
      const { held, control } = await storage.settle({ ...params, settlements: [] })
      return { held, control }
    },
  })
}

/** Mutants of claims and leases. */
export const CLAIMING_MUTANTS: readonly Mutant[] = [
  {
    name: 'an item is handed out twice',
    guarantee: 'claim/nothing-left-is-undefined',
    caughtBy: both,
    breaks: handingOutTwice,
  },
  {
    name: 'a paused job hands out items',
    guarantee: 'claim/only-while-processing',
    caughtBy: both,
    breaks: claimingWhilePaused,
  },
  {
    name: 'retries are claimed before they are due',
    guarantee: 'claim/retries-when-they-are-due',
    caughtBy: both,
    breaks: (storage) => wrap(storage, { claim: (params) => storage.claim({ ...params, now: params.now + 1e9 }) }),
  },
  {
    name: 'a claim takes one item too many',
    guarantee: 'claim/lowest-seq-first-up-to-limit',
    caughtBy: both,
    breaks: (storage) => wrap(storage, { claim: (params) => storage.claim({ ...params, limit: params.limit + 1 }) }),
  },
  {
    name: 'everything claimed counts as started',
    guarantee: 'claim/start-counts-the-first',
    caughtBy: both,
    breaks: (storage) => wrap(storage, { claim: (params) => storage.claim({ ...params, start: params.limit }) }),
  },
  {
    name: 'notBefore is ignored',
    guarantee: 'give-back/not-before',
    caughtBy: both,
    breaks: (storage) => wrap(storage, { giveBack: ({ notBefore: _, ...params }) => storage.giveBack(params) }),
  },
  {
    name: 'what is given back becomes retries',
    guarantee: 'give-back/items-are-claimable-again',
    caughtBy: both,
    breaks: givingBackAsRetries,
  },
  {
    name: 'channels are ignored',
    guarantee: 'claim/list-only-channels-carried',
    caughtBy: both,
    breaks: (storage) =>
      wrap(storage, {
        listClaimable: (params) => storage.listClaimable({ ...params, channels: ['email', 'sms', 'push'] }),
      }),
  },
  {
    name: 'priority one goes first',
    guarantee: 'claim/list-by-priority-then-start-then-id',
    caughtBy: both,
    breaks: ordering((a, b) => a.priority - b.priority),
  },
  {
    name: 'the range goes before the retries',
    guarantee: 'claim/list-retries-before-the-range',
    caughtBy: both,
    breaks: ordering((a, b) => (a.jobId === b.jobId ? a.source.localeCompare(b.source) : 0)),
  },
  {
    name: 'ends of leases are no reason to wake',
    guarantee: 'claim/list-leaves-out-what-is-held',
    caughtBy: both,
    breaks: forgettingEndsOfLeases,
  },
  {
    name: 'there is no next instant while something is ready',
    guarantee: 'claim/list-next-is-the-earliest',
    caughtBy: both,
    breaks: (storage) =>
      wrap(storage, {
        listClaimable: async (params) => {
          const { ready, nextAt } = await storage.listClaimable(params)
          return ready.length > 0 ? { ready } : { ready, nextAt }
        },
      }),
  },
  {
    name: 'a list knows no limit',
    guarantee: 'claim/list-by-priority-then-start-then-id',
    caughtBy: ['cases'],
    breaks: (storage) => wrap(storage, { listClaimable: (params) => storage.listClaimable({ ...params, limit: 1e6 }) }),
  },
  { name: 'a lease is not extended', guarantee: 'extend/puts-off-the-end', caughtBy: both, breaks: notExtending },
  {
    name: 'an ended lease is held for ever',
    guarantee: 'extend/not-once-it-has-ended',
    caughtBy: both,
    breaks: (storage) =>
      wrap(storage, { extend: async (params) => ({ ...(await storage.extend(params)), held: true }) }),
  },
  {
    name: 'startedThrough of an extend is lost',
    guarantee: 'extend/marks-items-as-started',
    caughtBy: both,
    breaks: (storage) => wrap(storage, { extend: ({ startedThrough: _, ...params }) => storage.extend(params) }),
  },
]
