import type { DueSendings, ListSendingsParams, SendingRecord } from '@broadside/core'
import { sortValueOf } from '../fixtures/sending-pages.js'
import { needsSendings } from '../fixtures/sendings.js'
import type { Mutant } from './mutant.js'
import { wrapSendings } from './wrap-sendings.js'

const both = ['cases', 'model'] as const

interface Place {
  readonly value: number | string | undefined
  readonly id: string
}

/** Lists sendings in another order, page by page. */
function listing(compare: (a: Place, b: Place, params: ListSendingsParams) => number): Mutant['breaks'] {
  return (storage) =>
    wrapSendings(storage, (sendings) => ({
      listSendings: async (params) => {
        const { after, limit, sortBy } = params
        const all = [...(await sendings.listSendings({ ...params, after: undefined, limit: 1e6 }))]
        const placeOf = (sending: SendingRecord) => ({ value: sortValueOf(sending, sortBy), id: sending.id })
        const follows = (sending: SendingRecord) => !after || compare(placeOf(sending), after, params) > 0
        return all
          .filter(follows)
          .sort((a, b) => compare(placeOf(a), placeOf(b), params))
          .slice(0, limit)
      },
    }))
}

function compareValues(a: Place['value'], b: Place['value']): number {
  if (a === b) return 0
  return a === undefined || (b !== undefined && a < b) ? -1 : 1
}

function byValueThenId(a: Place, b: Place): number {
  return compareValues(a.value, b.value) || compareValues(a.id, b.id)
}

const signOf = ({ sortDir }: ListSendingsParams) => (sortDir === 'asc' ? 1 : -1)

/** Lets through what the part of the filter that it leaves out would not. */
function without(...parts: readonly (keyof NonNullable<ListSendingsParams['filter']>)[]): Mutant['breaks'] {
  return (storage) =>
    wrapSendings(storage, (sendings) => ({
      listSendings: ({ filter = {}, ...params }) => {
        const kept = Object.entries(filter).filter(([part]) => !parts.some((one) => one === part))
        return sendings.listSendings({ ...params, filter: Object.fromEntries(kept) })
      },
    }))
}

function waking(
  change: (
    list: (now: number, limit: number) => Promise<DueSendings>,
    now: number,
    limit: number,
  ) => Promise<DueSendings>,
): Mutant['breaks'] {
  return (storage) =>
    wrapSendings(storage, (sendings) => ({
      listDueSendings: ({ now, limit }) =>
        change((at, most) => sendings.listDueSendings({ now: at, limit: most }), now, limit),
    }))
}

const MUTANTS: readonly Omit<Mutant, 'needs'>[] = [
  {
    name: 'descending, sendings of one instant are in ascending order',
    guarantee: 'sending/list-by-creation',
    caughtBy: both,
    breaks: listing((a, b, params) => signOf(params) * compareValues(a.value, b.value) || compareValues(a.id, b.id)),
  },
  {
    name: 'sendings that are not due at all come last',
    guarantee: 'sending/list-by-due-instant',
    caughtBy: both,
    breaks: listing((a, b, params) => {
      const missing = Number(a.value === undefined) - Number(b.value === undefined)
      return signOf(params) * (missing || byValueThenId(a, b))
    }),
  },
  {
    name: 'names are in the order of UTF-16',
    guarantee: 'sending/list-by-name',
    caughtBy: ['cases'],
    breaks: listing((a, b, params) => signOf(params) * byValueThenId(a, b)),
  },
  {
    name: 'names are in the order of a language',
    guarantee: 'sending/list-by-name',
    caughtBy: both,
    breaks: listing((a, b, params) => {
      const isText = typeof a.value === 'string' && typeof b.value === 'string'
      const values = isText ? String(a.value).localeCompare(String(b.value), 'en') : compareValues(a.value, b.value)
      return signOf(params) * (values || compareValues(a.id, b.id))
    }),
  },
  {
    name: 'a page of sendings starts with the place it should start after',
    guarantee: 'sending/list-after-a-place-without-a-sending',
    caughtBy: both,
    breaks: (storage) =>
      wrapSendings(storage, (sendings) => ({
        listSendings: async (params) => {
          const at = params.after && (await sendings.getSending(params.after.id))
          const page = await sendings.listSendings(params)
          return at ? [at, ...page].slice(0, params.limit) : page
        },
      })),
  },
  {
    name: 'sendings are filtered by any of the tags',
    guarantee: 'sending/list-by-tags',
    caughtBy: ['cases'],
    breaks: (storage) =>
      wrapSendings(storage, (sendings) => ({
        listSendings: async ({ filter = {}, ...params }) => {
          const { tags = [], ...others } = filter
          const page = await sendings.listSendings({ ...params, filter: others })
          return page.filter(({ definition }) => tags.length === 0 || tags.some((tag) => definition.tags.includes(tag)))
        },
      })),
  },
  {
    name: 'triggers are no filter',
    guarantee: 'sending/list-by-trigger',
    caughtBy: ['cases'],
    breaks: without('triggers'),
  },
  {
    name: 'templates are no filter',
    guarantee: 'sending/list-by-template',
    caughtBy: ['cases'],
    breaks: without('template'),
  },
  {
    name: 'due instants are no filter',
    guarantee: 'sending/list-by-range-of-due-instants',
    caughtBy: both,
    breaks: without('dueFrom', 'dueBefore'),
  },
  {
    name: 'a sending is due after its instant',
    guarantee: 'sending/due-from-its-instant-on',
    caughtBy: both,
    breaks: waking((list, now, limit) => list(now - 1, limit)),
  },
  {
    name: 'due sendings know no limit',
    guarantee: 'sending/due-up-to-limit',
    caughtBy: both,
    breaks: waking((list, now) => list(now, 1e6)),
  },
  {
    name: 'sendings that are due hide the next instant',
    guarantee: 'sending/due-next-is-the-earliest',
    caughtBy: both,
    breaks: waking(async (list, now, limit) => {
      const { due, nextAt } = await list(now, limit)
      return due.length > 0 ? { due } : { due, nextAt }
    }),
  },
  {
    name: 'due sendings come latest first',
    guarantee: 'sending/due-earliest-first',
    caughtBy: both,
    breaks: waking(async (list, now, limit) => {
      const { due, nextAt } = await list(now, 1e6)
      return { due: [...due].reverse().slice(0, limit), nextAt }
    }),
  },
]

/** Mutants of lists of sendings, and of their alarms. */
export const LISTING_SENDINGS_MUTANTS: readonly Mutant[] = MUTANTS.map((mutant) => ({
  ...mutant,
  needs: needsSendings,
}))
