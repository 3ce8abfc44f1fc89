import type { ListItemsParams, SettleAnswer, Storage } from '@broadside/core'
import type { ConformanceCase } from '../conformance-case.js'
import { wrap } from '../wrap.js'
import type { Mutant } from './mutant.js'

const needsWork: ConformanceCase['needs'] = (_, { work }) => (work ? undefined : 'the harness counts no work')

async function readAll(storage: Storage, filter: Pick<ListItemsParams, 'jobId' | 'statuses'>): Promise<void> {
  let after: number | undefined
  do {
    after = (await storage.listItems({ ...filter, limit: 1000, after })).next
  } while (after !== undefined)
}

/** Mutants that are right and do too much. */
export const WORKING_MUTANTS: readonly Mutant[] = [
  {
    name: 'a claim passes over what is settled',
    guarantee: 'work/claim',
    caughtBy: ['cases'],
    needs: needsWork,
    breaks: (storage) =>
      wrap(storage, {
        claim: async (params) => {
          if (await storage.getJob(params.jobId)) await readAll(storage, { jobId: params.jobId })
          return storage.claim(params)
        },
      }),
  },
  {
    name: 'a settle counts what is settled',
    guarantee: 'work/settle',
    caughtBy: ['cases'],
    needs: needsWork,
    breaks: (storage) =>
      wrap(storage, {
        settle: async (params) => {
          const result = await storage.settle(params)
          await readAll(storage, { jobId: params.jobId, statuses: ['enqueued'] })
          return result
        },
      }),
  },
  {
    name: 'a settle writes the counters for each item',
    guarantee: 'work/settle',
    caughtBy: ['cases'],
    needs: needsWork,
    breaks: (storage) =>
      wrap(storage, {
        settle: async (params) => {
          const answers: SettleAnswer[] = []
          let completed = false
          for (const settlement of params.settlements) {
            const result = await storage.settle({ ...params, settlements: [settlement] })
            answers.push(...result.answers)
            completed ||= result.completed
          }
          return { ...(await storage.settle({ ...params, settlements: [] })), answers, completed }
        },
      }),
  },
]
