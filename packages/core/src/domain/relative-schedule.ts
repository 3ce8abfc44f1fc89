import { BroadsideError } from '../model/error.js'
import { requireDateRange } from './date-range.js'
import { quoted } from './quoted.js'

export type DurationUnit = 'second' | 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year'

/** A time from now, as it was written: `2 days` is `{ amount: 2, unit: 'day' }`. */
export interface RelativeDuration {
  /** A whole number, 0 or more. */
  readonly amount: number
  readonly unit: DurationUnit
}

/** The whole grammar: nothing is trimmed, and upper case is refused. `1 days` and `5 month` belong to it. */
export const RELATIVE_GRAMMAR = /^(?<number>\d+) (?<unit>second|minute|hour|day|week|month|year)s?$/

/**
 * Reads a text such as `2 days`.
 *
 * @throws `SCHEDULE_INVALID` for a text outside the grammar, which the message shows; `SCHEDULE_OUT_OF_RANGE` for a number that no
 * date could take, whatever its unit.
 */
export function parseRelative(text: string): RelativeDuration {
  const groups = RELATIVE_GRAMMAR.exec(text)?.groups
  if (!groups) {
    throw new BroadsideError(
      'SCHEDULE_INVALID',
      `${quoted(text)} is not a time from now: write a whole number, one space and a unit, as in "2 days"; the grammar is ${RELATIVE_GRAMMAR.source}`,
    )
  }
  const amount = requireDateRange(Number(groups.number), quoted(text))
  return { amount, unit: groups.unit as DurationUnit }
}
