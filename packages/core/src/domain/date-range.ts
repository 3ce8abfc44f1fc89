import { BroadsideError } from '../model/error.js'

/** The last instant that a date can hold, in ms since the epoch; the first one is its negative. */
export const LAST_INSTANT = 8_640_000_000_000_000

/** False for `NaN` and infinities too. */
export function isInDateRange(instant: number): boolean {
  return Math.abs(instant) <= LAST_INSTANT
}

/** `instant` itself; outside the range of dates, `SCHEDULE_OUT_OF_RANGE` is thrown, and `what` begins its message. */
export function requireDateRange(instant: number, what: string): number {
  if (isInDateRange(instant)) return instant
  throw new BroadsideError(
    'SCHEDULE_OUT_OF_RANGE',
    `${what} lies outside the range of dates (year 275760 at the latest)`,
  )
}
