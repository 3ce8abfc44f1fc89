import type { AddItemsParams, Claimable, NewItem, Storage, WaveDue } from '@broadside/core'
import { needsSendings } from '../fixtures/sendings.js'
import { wrap } from '../wrap.js'
import type { Mutant } from './mutant.js'
import { wrapSendings } from './wrap-sendings.js'

const both = ['cases', 'model'] as const

/** Changes what goes in. */
function adding(change: (params: AddItemsParams) => AddItemsParams): Mutant['breaks'] {
  return (storage) => wrap(storage, { addItems: (params) => storage.addItems(change(params)) })
}

function changingItems(change: (item: NewItem) => NewItem): Mutant['breaks'] {
  return adding(({ items, ...params }) => ({ ...params, items: items.map(change) }))
}

/** The first word about a wave stays, while its job is there. */
function keepingTheFirstInstant(storage: Storage): Storage {
  const named = new Set<string>()
  return wrap(storage, {
    addItems: ({ jobId, waves = [], ...params }) => {
      const isNew = ({ wave }: WaveDue) => !named.has(`${wave} ${jobId}`)
      const first = waves.filter(isNew)
      for (const { wave } of waves) named.add(`${wave} ${jobId}`)
      return storage.addItems({ ...params, jobId, waves: first })
    },
  })
}

/** Registers the texts of an item before it finds one that is known. */
function holdingTextsOfDuplicates(storage: Storage): Storage {
  const held = new Map<string, string>()
  return wrap(storage, {
    addItems: async ({ items, ...params }) => {
      const keyOf = (text: string) => `${params.jobId} ${text}`
      const textsOf = ({ identity, also = [] }: NewItem) => [identity, ...also]
      const known = (item: NewItem) => textsOf(item).flatMap((text) => held.get(keyOf(text)) ?? [])
      const result = await storage.addItems({
        ...params,
        items: items.map((item) => ({ ...item, also: [...(item.also ?? []), ...known(item)] })),
      })
      const stored = items.find((_, index) => !result.duplicates.includes(index))
      for (const index of result.duplicates) {
        const item = items[index]
        if (item && stored) for (const text of textsOf(item)) held.set(keyOf(text), stored.identity)
      }
      return result
    },
  })
}

function orderingWaves(order: (waves: readonly Claimable[]) => readonly Claimable[]): Mutant['breaks'] {
  return (storage) =>
    wrap(storage, {
      listClaimable: async (params) => {
        const { ready, nextAt } = await storage.listClaimable({ ...params, limit: 1e6 })
        const jobs = [...new Set(ready.map(({ jobId }) => jobId))]
        const ordered = jobs.flatMap((jobId) => {
          const own = ready.filter((one) => one.jobId === jobId)
          const ranges = own.filter(({ source }) => source === 'range')
          return [...own.filter(({ source }) => source === 'retries'), ...order(ranges)]
        })
        return { ready: ordered.slice(0, params.limit), nextAt }
      },
    })
}

/** Claims from the lowest wave that is due, whichever was named. */
function claimingFromTheLowestWave(storage: Storage): Storage {
  return wrap(storage, {
    claim: async (params) => {
      const { ready } = await storage.listClaimable({ now: params.now, channels: ['email', 'sms'], limit: 1e6 })
      const lowest = ready.find(({ jobId, source }) => jobId === params.jobId && source === params.source)
      return storage.claim({ ...params, wave: lowest?.wave ?? params.wave })
    },
  })
}

/** A wave that waits for its instant shows as a far one. */
function wakingForNothing(storage: Storage): Storage {
  let waits = false
  return wrap(storage, {
    addItems: (params) => {
      waits ||= params.waves?.some(({ dueAt }) => dueAt === undefined) ?? false
      return storage.addItems(params)
    },
    listClaimable: async (params) => {
      const { ready, nextAt } = await storage.listClaimable(params)
      return { ready, nextAt: nextAt ?? (waits ? Number.MAX_SAFE_INTEGER : undefined) }
    },
  })
}

function movingNoWave(storage: Storage): Storage {
  return wrapSendings(storage, (sendings) => ({
    changeSending: ({ job, ...params }) => {
      return sendings.changeSending({ ...params, job: job?.type === 'transition' ? { ...job, waves: undefined } : job })
    },
  }))
}

const MUTANTS: readonly Omit<Mutant, 'needs'>[] = [
  {
    name: 'all items go out with wave 0',
    guarantee: 'waves/seqs-carry-the-wave',
    caughtBy: both,
    breaks: changingItems((item) => ({ ...item, wave: 0 })),
  },
  {
    name: 'waves are due at once',
    guarantee: 'waves/due-at-their-instants',
    caughtBy: both,
    breaks: adding((params) => ({ ...params, waves: undefined })),
  },
  {
    name: 'a wave without an instant is due at once',
    guarantee: 'waves/without-an-instant',
    caughtBy: both,
    breaks: adding(({ waves = [], ...params }) => {
      return { ...params, waves: waves.map(({ wave, dueAt = 0 }) => ({ wave, dueAt })) }
    }),
  },
  {
    name: 'a wave without an instant is a reason to wake',
    guarantee: 'waves/without-an-instant',
    caughtBy: both,
    breaks: wakingForNothing,
  },
  {
    name: 'the first instant of a wave is its last',
    guarantee: 'waves/instant-given-again',
    caughtBy: both,
    breaks: keepingTheFirstInstant,
  },
  {
    name: 'a change of the sending moves no wave',
    guarantee: 'waves/moved-from-no-instant-to-one',
    caughtBy: both,
    breaks: movingNoWave,
  },
  {
    name: 'one wave of a job is listed at a time',
    guarantee: 'waves/listed-in-their-order',
    caughtBy: both,
    breaks: orderingWaves((waves) => waves.slice(0, 1)),
  },
  {
    name: 'waves are listed from the last to the first',
    guarantee: 'waves/listed-in-their-order',
    caughtBy: both,
    breaks: orderingWaves((waves) => [...waves].reverse()),
  },
  {
    name: 'a claim takes of the lowest wave, whichever it names',
    guarantee: 'waves/claims-never-mix-waves',
    caughtBy: both,
    breaks: claimingFromTheLowestWave,
  },
  {
    name: 'what is given back to a wave is due at once',
    guarantee: 'waves/given-back-in-its-wave',
    caughtBy: both,
    breaks: (storage) => wrap(storage, { giveBack: ({ notBefore: _, ...params }) => storage.giveBack(params) }),
  },
  {
    name: 'a job takes items in any status',
    guarantee: 'waves/into-other-statuses',
    caughtBy: both,
    breaks: adding((params) => ({ ...params, into: ['created', 'processing', 'paused'] })),
  },
  {
    name: 'further texts are ignored',
    guarantee: 'waves/also-across-calls',
    caughtBy: both,
    breaks: changingItems(({ also: _, ...item }) => item),
  },
  {
    name: 'further texts and identities do not meet',
    guarantee: 'waves/also-against-identities',
    caughtBy: both,
    breaks: changingItems(({ also = [], ...item }) => ({ ...item, also: also.map((text) => `also ${text}`) })),
  },
  {
    name: 'of further texts the first counts',
    guarantee: 'waves/also-across-calls',
    caughtBy: both,
    breaks: changingItems(({ also = [], ...item }) => ({ ...item, also: also.slice(0, 1) })),
  },
  {
    name: 'an item that is left out holds its texts',
    guarantee: 'waves/also-of-an-item-that-is-left-out',
    caughtBy: both,
    breaks: holdingTextsOfDuplicates,
  },
]

/** Mutants of waves, and of what came with them to ingest. */
export const WAVING_MUTANTS: readonly Mutant[] = MUTANTS.map((mutant) => ({ ...mutant, needs: needsSendings }))
