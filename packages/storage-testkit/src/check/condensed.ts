import { ITEM_STATUSES } from '@broadside/core'

/** What a reader of a call can do without. */
const LEFT_OUT = new Set([
  'createdAt',
  'definition',
  'duplicateCode',
  'messageId',
  'ownerId',
  'payload',
  'prepared',
  'receipt',
  'recipient',
  'wave',
])

/** What says all of an object that has nothing else left. */
const NAMES = ['seq', 'identity', 'id']

/** A parameter or an answer of the contract without what does not matter to the order of events: items become their `seq`. */
export function condensed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(condensed)
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).flatMap(([key, part]) =>
    LEFT_OUT.has(key) || isNothing(key, part) ? [] : [[key, condensed(part)] as const],
  )
  const [only] = kept
  return kept.length === 1 && only && NAMES.includes(only[0]) ? only[1] : Object.fromEntries(kept)
}

const ZERO_IS_NOTHING = new Set(['attempts', 'inFlight', 'runNo', 'started', 'unstarted', 'received', ...ITEM_STATUSES])
const EMPTY_IS_NOTHING = new Set(['channels', 'ingestErrors'])

function isNothing(key: string, part: unknown): boolean {
  if (part === 0) return ZERO_IS_NOTHING.has(key)
  if (EMPTY_IS_NOTHING.has(key)) return Object.keys(part ?? {}).length === 0
  return part === undefined || typeof part === 'function'
}
