import type { ReapedLease, SettleAnswer, Storage } from '@broadside/core'
import type { ConformanceCase } from '../conformance-case.js'
import { wrap } from '../wrap.js'
import type { Mutant } from './mutant.js'

const needsInterrupt: ConformanceCase['needs'] = (_, { interrupt }) =>
  interrupt ? undefined : 'the harness interrupts no calls'

function addingInTwoSteps(storage: Storage): Storage {
  return wrap(storage, {
    addItems: async (params) => {
      const { once: _, ...first } = params
      const half = Math.floor(params.items.length / 2)
      const stored = params.once && (await storage.findOnce({ key: params.once.key, now: params.once.now }))
      if (half === 0 || stored) return storage.addItems(params)
      const before = await storage.addItems({ ...first, items: params.items.slice(0, half) })
      const after = await storage.addItems({ ...params, rejected: undefined, items: params.items.slice(half) })
      const duplicates = [...before.duplicates, ...after.duplicates.map((index) => index + half)]
      return { ...after, added: before.added + after.added, duplicates }
    },
  })
}

function settlingOneByOne(storage: Storage): Storage {
  return wrap(storage, {
    settle: async (params) => {
      const { startedThrough: _, ...rest } = params
      const answers: SettleAnswer[] = []
      let completed = false
      for (const settlement of params.settlements.slice(0, -1)) {
        const result = await storage.settle({ ...rest, settlements: [settlement] })
        answers.push(...result.answers)
        completed ||= result.completed
      }
      const last = await storage.settle({ ...params, settlements: params.settlements.slice(-1) })
      return { ...last, answers: [...answers, ...last.answers], completed: completed || last.completed }
    },
  })
}

function reapingOneByOne(storage: Storage): Storage {
  return wrap(storage, {
    reap: async (params) => {
      const reaped: ReapedLease[] = []
      while (reaped.length < params.limit) {
        const [lease] = await storage.reap({ ...params, limit: 1 })
        if (!lease) break
        reaped.push(lease)
      }
      return reaped
    },
  })
}

/** Mutants of which a call is several transactions. */
export const SPLITTING_MUTANTS: readonly Mutant[] = [
  {
    name: 'an ingest is two transactions',
    guarantee: 'interrupted/add-items',
    caughtBy: ['cases'],
    needs: needsInterrupt,
    breaks: addingInTwoSteps,
  },
  {
    name: 'a settle is a transaction for each item',
    guarantee: 'interrupted/settle',
    caughtBy: ['cases'],
    needs: needsInterrupt,
    breaks: settlingOneByOne,
  },
  {
    name: 'a reap is a transaction for each lease',
    guarantee: 'interrupted/reap',
    caughtBy: ['cases'],
    needs: needsInterrupt,
    breaks: reapingOneByOne,
  },
]
