import { instantOf, type TimeZone } from './time-zone.js'

const MAX_LENGTH = 100
const ISO_WALL_TIME = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?$/
const HAS_ZONE = /\d:\d{2}(?:\.\d+)?\s*(?:Z|[+-]\d{2}:?\d{2})$|\b(?:GMT|UTC|[ECMP][SD]T)\b/i

/**
 * Reads a date as templates write it: `now`, seconds since the epoch (a number or digits), a `Date`, or a string. A string that names no
 * zone is wall time in `timeZone`, whatever zone this process runs in.
 *
 * @returns ms since the epoch, or `undefined` when it is no date.
 */
export function parseDate(value: unknown, timeZone: TimeZone): number | undefined {
  if (typeof value === 'string' && value.length > MAX_LENGTH) return undefined
  const instantMs = typeof value === 'string' ? parseText(value.trim(), timeZone) : parseOther(value)
  return Number.isNaN(new Date(instantMs).getTime()) ? undefined : instantMs
}

function parseOther(value: unknown): number {
  if (typeof value === 'number') return value * 1_000
  return value instanceof Date ? value.getTime() : Number.NaN
}

function parseText(text: string, timeZone: TimeZone): number {
  if (text === 'now' || text === 'today') return Date.now()
  if (/^\d+$/.test(text)) return Number(text) * 1_000
  if (ISO_WALL_TIME.test(text))
    return instantOf(timeZone, Date.parse(`${text.replace(' ', 'T')}${text.length > 10 ? 'Z' : ''}`))
  const parsed = new Date(text)
  return HAS_ZONE.test(text) ? parsed.getTime() : instantOf(timeZone, localWallTime(parsed))
}

/** What this process' own zone made of a text without a zone, taken back to what the text says. */
function localWallTime(date: Date): number {
  return date.getTime() - date.getTimezoneOffset() * 60_000
}
