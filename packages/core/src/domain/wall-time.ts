import { toDate } from 'date-fns/toDate'

/**
 * What a clock on the wall shows, whatever the zone: the ms between 1970-01-01 00:00 and that date and time, counted as if every
 * day had 24 hours. An instant is a wall time less the offset of a zone.
 */
export type WallTime = number

export interface WallTimeFields {
  readonly year: number
  /** 1 to 12. */
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly millisecond: number
}

export const DAY_MS = 86_400_000

/** `undefined` when there is no such date or time of day, such as 30 February or 24:00; `NaN` beyond the range of dates. */
export function wallTimeOf(fields: WallTimeFields): WallTime | undefined {
  const { year, month, day, hour, minute, second, millisecond } = fields
  const exists = month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month)
  if (!exists || hour > 23 || minute > 59 || second > 59) return undefined
  const date = toDate(0)
  date.setUTCFullYear(year, month - 1, day)
  return date.setUTCHours(hour, minute, second, millisecond)
}

/** The same time of day `months` later, on the month's last day where the month is too short; `NaN` beyond the range of dates. */
export function addMonthsToWallTime(wallTime: WallTime, months: number): WallTime {
  const date = toDate(wallTime)
  const day = date.getUTCDate()
  date.setUTCMonth(date.getUTCMonth() + months, 1)
  return date.setUTCDate(Math.min(day, daysInMonth(date.getUTCFullYear(), date.getUTCMonth() + 1)))
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
}
