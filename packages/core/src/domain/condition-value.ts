import { isDate } from 'date-fns/isDate'
import { instantOfAbsolute, parseAbsolute } from './absolute-schedule.js'

/** What a condition compares with. */
export type Scalar = string | number | boolean

export function isScalar(value: unknown): value is Scalar {
  return typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && !Number.isNaN(value))
}

const DATE_ALONE = /^\d{4}-\d\d-\d\d$/
/** Cheap, so that of a million names none is parsed as a date. */
const BEGINS_LIKE_A_DATE = /^(?:\d{4}|[+-]\d{6})-\d\d-\d\d/

/**
 * The instant that a value stands for, in ms since the epoch: a number as it is, a date of the platform, or a text in the forms that
 * schedules have or a date alone (then midnight). Texts without an offset are in UTC. `undefined` for all else.
 */
export function instantOfValue(value: unknown): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value !== 'string') return isDate(value) ? value.getTime() : undefined
  if (!BEGINS_LIKE_A_DATE.test(value)) return undefined
  try {
    return instantOfAbsolute(parseAbsolute(DATE_ALONE.test(value) ? `${value}T00:00Z` : value), 'UTC')
  } catch {
    return undefined
  }
}

/**
 * How a member's value stands to the one of a condition: negative when it is less, 0 when they are equal, positive when it is greater;
 * `NaN` when they can't be compared. Two that stand for instants compare as those, numbers among them; other texts by their code units.
 */
export function compareValues(actual: unknown, expected: string | number): number {
  const [left, right] = [instantOfValue(actual), instantOfValue(expected)]
  if (left !== undefined && right !== undefined) return left < right ? -1 : left > right ? 1 : left - right
  if (typeof actual !== 'string' || typeof expected !== 'string') return Number.NaN
  return actual < expected ? -1 : Number(actual > expected)
}

/** A test whether a value equals one of several: is the same, or stands for the same instant. */
export function equalsOneOf(expected: readonly Scalar[]): (actual: unknown) => boolean {
  const same = new Set<unknown>(expected)
  const instants = new Set(expected.map(instantOfValue).filter((at) => at !== undefined))
  return (actual) => {
    if (same.has(actual)) return true
    const at = instants.size === 0 ? undefined : instantOfValue(actual)
    return at !== undefined && instants.has(at)
  }
}

/** Beyond this, composing letters and their accents takes long. */
const MAX_COMPOSED_LENGTH = 2_000

/** Text in which upper and lower case, and letters with accents however they are put together, are the same. */
export function foldCase(text: string): string {
  return (text.length > MAX_COMPOSED_LENGTH ? text : text.normalize('NFC')).toLowerCase()
}
