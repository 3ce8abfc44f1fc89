import {
  isTerminalSending,
  type ListSendingsParams,
  type SendingFilter,
  type SendingRecord,
  type SendingSortKey,
} from '@broadside/core'
import type { Store } from './store.js'
import { compareTexts } from './text-order.js'

/** Where a sending stands in a list. */
interface Place {
  readonly value: number | string | undefined
  readonly id: string
}

export function listSendings(store: Store, params: ListSendingsParams): readonly SendingRecord[] {
  const { filter = {}, sortBy, sortDir, after, limit } = params
  const sign = sortDir === 'asc' ? 1 : -1
  const compare = (a: Place, b: Place) => sign * comparePlaces(a, b)
  return [...store.sendings.all()]
    .filter((sending) => matches(sending, filter))
    .map((sending) => ({ sending, place: placeOf(sending, sortBy) }))
    .filter(({ place }) => after === undefined || compare(place, after) > 0)
    .sort((a, b) => compare(a.place, b.place))
    .slice(0, limit)
    .map(({ sending }) => ({ ...sending }))
}

function placeOf(sending: SendingRecord, sortBy: SendingSortKey): Place {
  return { value: sortBy === 'name' ? sending.definition.name : sending[sortBy], id: sending.id }
}

function comparePlaces(a: Place, b: Place): number {
  return compareValues(a.value, b.value) || compareTexts(a.id, b.id)
}

/** Those without a value come first. */
function compareValues(a: Place['value'], b: Place['value']): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined)
  return typeof a === 'number' && typeof b === 'number' ? a - b : compareTexts(String(a), String(b))
}

function matches(sending: SendingRecord, filter: SendingFilter): boolean {
  const { definition, status, createdAt, dueAt } = sending
  const { statuses, tags, name, triggers, template } = filter
  return (
    (statuses === undefined || statuses.includes(status)) &&
    (tags === undefined || tags.every((tag) => definition.tags.includes(tag))) &&
    (name === undefined || definition.name === name) &&
    (triggers === undefined || (definition.sendtrigger !== undefined && triggers.includes(definition.sendtrigger))) &&
    (template === undefined || definition.message.template === template) &&
    isBetween(createdAt, filter.createdFrom, filter.createdBefore) &&
    isBetween(dueAt, filter.dueFrom, filter.dueBefore) &&
    (filter.finishedBefore === undefined || finishedEarlier(sending, filter.finishedBefore))
  )
}

/** Without a bound, an instant that is missing is fine. */
function isBetween(instant: number | undefined, from: number | undefined, before: number | undefined): boolean {
  if (from === undefined && before === undefined) return true
  return instant !== undefined && instant >= (from ?? instant) && (before === undefined || instant < before)
}

function finishedEarlier({ status, finishedAt }: SendingRecord, instant: number): boolean {
  return isTerminalSending(status) && finishedAt !== undefined && finishedAt < instant
}
