import type { SettleAnswer, SettleParams, Storage } from '@broadside/core'
import { wrap } from '../wrap.js'
import { leasesSeen } from './leases-seen.js'
import type { Mutant } from './mutant.js'

const both = ['cases', 'model'] as const

/** Changes single answers of settle. */
function answering(change: (answer: SettleAnswer) => SettleAnswer): Mutant['breaks'] {
  return (storage) =>
    wrap(storage, {
      settle: async (params) => {
        const result = await storage.settle(params)
        return { ...result, answers: result.answers.map(change) }
      },
    })
}

/** Settles, then does `more` for each item that was answered with `answer`; says `applied` where that changed it. */
function afterwards(
  answer: SettleAnswer,
  more: (storage: Storage, params: SettleParams, index: number) => Promise<boolean>,
) {
  return (storage: Storage) =>
    wrap(storage, {
      settle: async (params) => {
        const result = await storage.settle(params)
        const answers = [...result.answers]
        for (const [index, given] of result.answers.entries()) {
          if (given === answer && (await more(storage, params, index))) answers[index] = 'applied'
        }
        return { ...result, answers }
      },
    })
}

/** Makes one item that is settled otherwise sent, whoever asks. */
async function forceSent(storage: Storage, params: SettleParams, index: number): Promise<boolean> {
  const { jobId, now, settlements } = params
  const settlement = settlements[index]
  const job = await storage.getJob(jobId)
  if (!job || settlement?.to !== 'enqueued') return false
  const statuses = ['error', 'skipped', 'uncertain', 'cancelled', 'expired'] as const
  const revision = { jobId, from: job.status, statuses, seqs: [settlement.seq], to: 'enqueued', now } as const
  return (await storage.reviseItems(revision)).changed > 0
}

function withoutFencing(storage: Storage): Storage {
  const seen = leasesSeen()
  return wrap(storage, {
    claim: async (params) => seen.add(await storage.claim(params)),
    settle: async (params) => {
      const results = []
      for (const settlement of params.settlements) {
        const token = seen.holderOf(params.jobId, settlement.seq) ?? params.token
        results.push(await storage.settle({ ...params, token, settlements: [settlement] }))
      }
      const last = await storage.settle({ ...params, settlements: [] })
      const completed = results.some((result) => result.completed)
      return { ...last, completed, answers: results.flatMap((result) => result.answers) }
    },
  })
}

function refusingLateSettles(storage: Storage): Storage {
  const ended = new Set<string>()
  return wrap(storage, {
    reap: async (params) => {
      const reaped = await storage.reap(params)
      for (const { token } of reaped) ended.add(token)
      return reaped
    },
    settle: async (params) => {
      if (!ended.has(params.token)) return storage.settle(params)
      const result = await storage.settle({ ...params, settlements: [] })
      return { ...result, answers: params.settlements.map(() => 'stale' as const) }
    },
  })
}

function neverResolvingUncertain(storage: Storage): Storage {
  return wrap(storage, {
    settle: async (params) => {
      const { jobId } = params
      const page = await storage.listItems({ jobId, statuses: ['uncertain'], limit: 10_000 })
      const uncertain = new Set(page.items.map(({ seq }) => seq))
      const settlements = params.settlements.filter(({ seq }) => !uncertain.has(seq))
      const result = await storage.settle({ ...params, settlements })
      const answers = [...result.answers]
      return {
        ...result,
        answers: params.settlements.map(({ seq }) => (uncertain.has(seq) ? 'already' : (answers.shift() ?? 'stale'))),
      }
    },
  })
}

function stuckAfterAFailedSettle(storage: Storage): Storage {
  const seen = leasesSeen()
  return wrap(storage, {
    claim: async (params) => seen.add(await storage.claim(params)),
    settle: async (params) => {
      try {
        return await storage.settle(params)
      } catch (error) {
        const claimed = seen.claimOf(params.token)
        const leaseUntil = params.now + 1e12
        if (claimed) await storage.extend({ jobId: claimed.jobId, token: params.token, now: params.now, leaseUntil })
        throw error
      }
    },
  })
}

function losingStarts(storage: Storage): Storage {
  return wrap(storage, {
    settle: ({ startedThrough: _, ...params }) => storage.settle(params),
  })
}

function forgettingTrails(storage: Storage): Storage {
  return wrap(storage, {
    settle: (params) =>
      storage.settle({ ...params, settlements: params.settlements.map(({ trail: _, ...rest }) => rest) }),
  })
}

/** Mutants of settle: who may, what counts, what is said. */
export const SETTLING_MUTANTS: readonly Mutant[] = [
  {
    name: 'settle compares no token',
    guarantee: 'settle/another-token-is-stale',
    caughtBy: both,
    breaks: withoutFencing,
  },
  {
    name: 'a late settle is refused after a reap',
    guarantee: 'settle/late-after-a-reap',
    caughtBy: both,
    breaks: refusingLateSettles,
  },
  {
    name: 'a repeat is answered as applied',
    guarantee: 'settle/a-replay-is-already',
    caughtBy: both,
    breaks: answering((answer) => (answer === 'already' ? 'applied' : answer)),
  },
  {
    name: 'a lost lease is answered as a repeat',
    guarantee: 'settle/another-token-is-stale',
    caughtBy: both,
    breaks: answering((answer) => (answer === 'stale' ? 'already' : answer)),
  },
  {
    name: 'a repeat is answered as a lost lease',
    guarantee: 'settle/a-replay-is-already',
    caughtBy: both,
    breaks: answering((answer) => (answer === 'already' ? 'stale' : answer)),
  },
  {
    name: 'the last outcome of a token wins',
    guarantee: 'settle/the-first-outcome-wins',
    caughtBy: both,
    breaks: afterwards('already', forceSent),
  },
  {
    name: 'a stale token settles what is settled otherwise',
    guarantee: 'settle/uncertain-is-closed-to-other-tokens',
    caughtBy: both,
    breaks: afterwards('stale', forceSent),
  },
  {
    name: 'uncertain is never resolved by a late settle',
    guarantee: 'settle/uncertain-is-resolved-late',
    caughtBy: both,
    breaks: neverResolvingUncertain,
  },
  {
    name: 'a settle that failed once leaves its lease stuck',
    guarantee: 'settle/a-settle-that-failed-once-can-be-repeated',
    caughtBy: ['cases'],
    breaks: stuckAfterAFailedSettle,
  },
  {
    name: 'startedThrough of a settle is lost',
    guarantee: 'extend/a-settle-marks-items-as-started',
    caughtBy: both,
    breaks: losingStarts,
  },
  {
    name: 'the trail of a settlement is lost',
    guarantee: 'settle/keeps-what-it-is-told',
    caughtBy: both,
    breaks: forgettingTrails,
  },
]
