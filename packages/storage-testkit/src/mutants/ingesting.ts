import { isBroadsideError, type NewItem, type Storage } from '@broadside/core'
import { wrap } from '../wrap.js'
import type { Mutant } from './mutant.js'

const both = ['cases', 'model'] as const

/** Changes the identity of each item on its way in. */
function identifying(change: (identity: string, call: number) => string): Mutant['breaks'] {
  return (storage) => {
    let calls = 0
    const changed = (item: NewItem) => ({ ...item, identity: change(item.identity, calls) })
    return wrap(storage, {
      addItems: (params) => {
        calls += 1
        return storage.addItems({ ...params, items: params.items.map(changed) })
      },
    })
  }
}

function rememberingRefusals(storage: Storage): Storage {
  const refusals = new Map<string, Awaited<ReturnType<Storage['transitionJob']>>>()
  return wrap(storage, {
    transitionJob: async (params) => {
      const key = params.once?.key
      const refused = key === undefined ? undefined : refusals.get(key)
      if (refused) return refused
      const result = await storage.transitionJob(params)
      if (key !== undefined && !result.applied) refusals.set(key, result)
      return result
    },
  })
}

function addingBeforeItIsRefused(storage: Storage): Storage {
  return wrap(storage, {
    addItems: async ({ once, ...params }) => {
      try {
        return await storage.addItems({ ...params, once })
      } catch (error) {
        if (isBroadsideError(error, 'IDEMPOTENCY_KEY_REUSED')) await storage.addItems(params)
        throw error
      }
    },
  })
}

/** Mutants of ingest and of what makes calls idempotent. */
export const INGESTING_MUTANTS: readonly Mutant[] = [
  {
    name: 'duplicates are found within a call only',
    guarantee: 'ingest/duplicates-across-calls',
    caughtBy: both,
    breaks: identifying((identity, call) => `${call} ${identity}`),
  },
  {
    name: 'identities are compared without case',
    guarantee: 'ingest/identities-are-compared-exactly',
    caughtBy: ['cases'],
    breaks: identifying((text) => text.toLowerCase()),
  },
  {
    name: 'identities are trimmed',
    guarantee: 'ingest/identities-are-compared-exactly',
    caughtBy: ['cases'],
    breaks: identifying((text) => text.trim()),
  },
  {
    name: 'identities are normalised',
    guarantee: 'ingest/identities-are-compared-exactly',
    caughtBy: ['cases'],
    breaks: identifying((text) => text.normalize('NFC')),
  },
  {
    name: 'identities are cut',
    guarantee: 'ingest/identities-are-compared-exactly',
    caughtBy: ['cases'],
    breaks: identifying((text) => text.slice(0, 1000)),
  },
  {
    name: 'refused entries are not counted',
    guarantee: 'ingest/rejected-entries-are-counted',
    caughtBy: both,
    breaks: (storage) => wrap(storage, { addItems: ({ rejected: _, ...params }) => storage.addItems(params) }),
  },
  {
    name: 'keys are ignored',
    guarantee: 'once/ingest-once',
    caughtBy: ['cases'],
    breaks: (storage) => wrap(storage, { addItems: ({ once: _, ...params }) => storage.addItems(params) }),
  },
  {
    name: 'a key is kept for ever',
    guarantee: 'once/kept-until',
    caughtBy: ['cases'],
    breaks: (storage) =>
      wrap(storage, {
        createJob: ({ job, once }) => storage.createJob({ job, once: once && { ...once, keepUntil: 1e15 } }),
      }),
  },
  {
    name: 'a key replays another request',
    guarantee: 'once/another-request-is-refused',
    caughtBy: ['cases'],
    breaks: (storage) =>
      wrap(storage, {
        addItems: (params) =>
          storage.addItems({ ...params, once: params.once && { ...params.once, requestHash: 'any' } }),
      }),
  },
  {
    name: 'a refusal is stored under its key',
    guarantee: 'once/refused-calls-are-not-stored',
    caughtBy: ['cases'],
    breaks: rememberingRefusals,
  },
  {
    name: 'a call that is refused has half happened',
    guarantee: 'once/another-request-is-refused',
    caughtBy: ['cases'],
    breaks: addingBeforeItIsRefused,
  },
  {
    name: 'a mark is anybody’s',
    guarantee: 'once/mark-is-exclusive',
    caughtBy: ['cases'],
    breaks: (storage) =>
      wrap(storage, { acquireMark: async (params) => (await storage.acquireMark(params)) || params.token !== '' }),
  },
  {
    name: 'a mark never runs out',
    guarantee: 'once/mark-runs-out',
    caughtBy: ['cases'],
    breaks: (storage) =>
      wrap(storage, { acquireMark: (params) => storage.acquireMark({ ...params, leaseUntil: 1e15 }) }),
  },
]
