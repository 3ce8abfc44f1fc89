import { offsetAt, type TimeZone } from './time-zone.js'

/** A moment as the clocks of one zone show it. */
interface Moment {
  /** The wall time, to be read with the UTC getters of `Date`. */
  readonly wall: Date
  readonly instantMs: number
  readonly offsetMs: number
  readonly timeZone: TimeZone
  readonly locale: string
}

const DAY_MS = 86_400_000

/** Directives, flags and widths as in Ruby's `Time#strftime`; one that is not known stays as it is written. */
export function strftime(params: {
  readonly instantMs: number
  readonly format: string
  readonly timeZone: TimeZone
  readonly locale: string
}): string {
  const { instantMs, timeZone, locale } = params
  const offsetMs = offsetAt(timeZone, instantMs)
  const moment = { wall: new Date(instantMs + offsetMs), instantMs, offsetMs, timeZone, locale }
  return params.format.replace(
    /%([-_0^#:]*)(\d{0,3})([a-zA-Z%])/g,
    (written, flags: string, width: string, directive: string) => {
      const write = DIRECTIVES[directive]
      return write ? pad({ text: String(write(moment, { flags, width })), directive, flags, width }) : written
    },
  )
}

/** What stands between the `%` and the letter. */
interface Modifiers {
  readonly flags: string
  readonly width: string
}

type Directive = (moment: Moment, modifiers: Modifiers) => string | number

const DIRECTIVES: { readonly [directive: string]: Directive | undefined } = {
  a: (moment) => named(moment, { weekday: 'short' }),
  A: (moment) => named(moment, { weekday: 'long' }),
  b: (moment) => named(moment, { month: 'short' }),
  B: (moment) => named(moment, { month: 'long' }),
  h: (moment) => named(moment, { month: 'short' }),
  c: (moment) => named(moment, { dateStyle: 'medium', timeStyle: 'medium' }),
  C: ({ wall }) => Math.floor(wall.getUTCFullYear() / 100),
  d: ({ wall }) => wall.getUTCDate(),
  e: ({ wall }) => wall.getUTCDate(),
  F: ({ wall }) => wall.toISOString().slice(0, 10),
  H: ({ wall }) => wall.getUTCHours(),
  I: ({ wall }) => wall.getUTCHours() % 12 || 12,
  j: ({ wall }) => dayOfYear(wall),
  k: ({ wall }) => wall.getUTCHours(),
  l: ({ wall }) => wall.getUTCHours() % 12 || 12,
  L: ({ wall }) => wall.getUTCMilliseconds(),
  m: ({ wall }) => wall.getUTCMonth() + 1,
  M: ({ wall }) => wall.getUTCMinutes(),
  n: () => '\n',
  N: ({ wall }, { width }) => fraction(wall).slice(0, Number(width) || 9),
  p: ({ wall }) => (wall.getUTCHours() < 12 ? 'AM' : 'PM'),
  P: ({ wall }) => (wall.getUTCHours() < 12 ? 'am' : 'pm'),
  q: ({ wall }) => ordinal(wall.getUTCDate()),
  s: ({ instantMs }) => Math.floor(instantMs / 1_000),
  S: ({ wall }) => wall.getUTCSeconds(),
  t: () => '\t',
  T: ({ wall }) => wall.toISOString().slice(11, 19),
  u: ({ wall }) => wall.getUTCDay() || 7,
  U: ({ wall }) => weekOfYear(wall, 0),
  w: ({ wall }) => wall.getUTCDay(),
  W: ({ wall }) => weekOfYear(wall, 1),
  x: (moment) => named(moment, { dateStyle: 'short' }),
  X: (moment) => named(moment, { timeStyle: 'medium' }),
  y: ({ wall }) => ((wall.getUTCFullYear() % 100) + 100) % 100,
  Y: ({ wall }) => wall.getUTCFullYear(),
  z: ({ offsetMs }, { flags }) => numericOffset(offsetMs, flags.includes(':') ? ':' : ''),
  Z: ({ offsetMs, timeZone }) => (typeof timeZone === 'string' ? timeZone : numericOffset(offsetMs, '')),
  '%': () => '%',
}

const WIDTHS: { readonly [directive: string]: number | undefined } = {
  ...Object.fromEntries([...'CdeHIklmMSUWy'].map((directive) => [directive, 2])),
  j: 3,
  L: 3,
  Y: 4,
}
const SPACE_PADDED = new Set('aAbBcehklpPxX')

function pad(params: Modifiers & { readonly text: string; readonly directive: string }): string {
  const { directive, flags } = params
  const text = flags.includes('^')
    ? params.text.toUpperCase()
    : flags.includes('#')
      ? swapCase(params.text)
      : params.text
  if (flags.includes('-')) return text
  const width = Number(params.width) || (WIDTHS[directive] ?? 0)
  const blank = flags.includes('_') || (SPACE_PADDED.has(directive) && !flags.includes('0'))
  return text.padStart(width, blank ? ' ' : '0')
}

function swapCase(text: string): string {
  return text === text.toUpperCase() ? text.toLowerCase() : text.toUpperCase()
}

const names = new Map<string, Intl.DateTimeFormat>()

/** The locale's own words; the wall time is shown as it is, so the format's zone is UTC. */
function named({ wall, locale }: Moment, options: Intl.DateTimeFormatOptions): string {
  const key = JSON.stringify([locale, options])
  const format = names.get(key) ?? new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' })
  names.set(key, format)
  return format.format(wall)
}

/** Of the second, in nanoseconds: all that `Date` does not have is nought. */
function fraction(wall: Date): string {
  return String(wall.getUTCMilliseconds()).padStart(3, '0').padEnd(9, '0')
}

function dayOfYear(wall: Date): number {
  return Math.floor((wall.getTime() - Date.UTC(wall.getUTCFullYear(), 0, 1)) / DAY_MS) + 1
}

function weekOfYear(wall: Date, firstWeekday: number): number {
  const sinceFirstWeekday = (wall.getUTCDay() - firstWeekday + 7) % 7
  return Math.floor((dayOfYear(wall) - 1 - sinceFirstWeekday + 7) / 7)
}

function ordinal(day: number): string {
  if (day >= 11 && day <= 13) return 'th'
  return { 1: 'st', 2: 'nd', 3: 'rd' }[day % 10] ?? 'th'
}

function numericOffset(offsetMs: number, separator: string): string {
  const minutes = Math.abs(Math.trunc(offsetMs / 60_000))
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${offsetMs < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}${separator}${two(minutes % 60)}`
}
