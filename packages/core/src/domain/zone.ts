import { BroadsideError } from '../model/error.js'
import { LAST_INSTANT } from './date-range.js'
import { quoted } from './quoted.js'
import { DAY_MS, type WallTime } from './wall-time.js'

// Not over TZDate: which of two occurrences it takes depends on the host's own zone, and in some of those its arithmetic slips.

const SHAPE = /^[A-Za-z][\w+-]*(?:\/[\w+-]+)*$/
const SHORT_NAMES = new Set(['CET', 'EET', 'EST', 'GMT', 'HST', 'MET', 'MST', 'PRC', 'ROC', 'ROK', 'UCT', 'UTC', 'WET'])
const UNKNOWN_KEPT = 1_000

const formats = new Map<string, Intl.DateTimeFormat>()
const unknown = new Set<string>()

/** True for a name of the IANA time zone database, in any case: `Europe/Oslo`, `UTC`. Offsets such as `+02:00` are not names. */
export function isZone(name: string): boolean {
  return offsetFormat(name) !== undefined
}

/** The offset from UTC that holds in `zone` at `instant`, in ms; positive to the east. Throws `INVALID_INPUT` for an unknown zone. */
export function zoneOffsetAt(zone: string, instant: number): number {
  const format = offsetFormat(zone)
  if (!format)
    throw new BroadsideError('INVALID_INPUT', `${quoted(zone)} is not an IANA time zone, such as "Europe/Oslo"`)
  // Probes of `instantOf` may lie just beyond the first and the last date.
  return parseOffset(format.format(Math.max(-LAST_INSTANT, Math.min(LAST_INSTANT, instant))))
}

/** What a clock in `zone` shows at `instant`. */
export function wallTimeAt(zone: string, instant: number): WallTime {
  return instant + zoneOffsetAt(zone, instant)
}

/**
 * The instant at which a clock in `zone` shows `wallTime`. Where it shows it twice, the first; where it never does (a gap), the instant
 * as far after the gap's beginning as the wall time is, so that 02:30 becomes 03:30.
 */
export function instantOf(zone: string, wallTime: WallTime): number {
  // No zone is a day away from UTC, and none changes twice in two days: these are the offsets on either side of a change.
  const before = zoneOffsetAt(zone, wallTime - DAY_MS)
  const after = zoneOffsetAt(zone, wallTime + DAY_MS)
  const first = wallTime - Math.max(before, after)
  const second = wallTime - Math.min(before, after)
  if (wallTimeAt(zone, first) === wallTime) return first
  if (wallTimeAt(zone, second) === wallTime) return second
  return wallTime - before
}

/** Costs a quarter of a millisecond and 32 kB for a new zone, so it is kept; there are about six hundred names. */
function offsetFormat(name: string): Intl.DateTimeFormat | undefined {
  if (!isWellFormed(name)) return undefined
  const key = name.toLowerCase()
  const known = formats.get(key)
  if (known || unknown.has(key)) return known
  const format = newOffsetFormat(name)
  if (format) formats.set(key, format)
  else rememberUnknown(key)
  return format
}

/** Intl also takes abbreviations that are not of the database, and reads them in its own way: to it, BST is Dhaka. */
function isWellFormed(name: string): boolean {
  return SHAPE.test(name) && (name.length !== 3 || SHORT_NAMES.has(name.toUpperCase()))
}

function newOffsetFormat(timeZone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' })
  } catch {
    return undefined
  }
}

/** Recipients can bring any number of misspelt zones. */
function rememberUnknown(key: string): void {
  if (unknown.size >= UNKNOWN_KEPT) unknown.clear()
  unknown.add(key)
}

/** Reads the end of `1/24/2018, GMT-03:30`, or of `GMT-00:44:30` (offsets of old have seconds). */
function parseOffset(text: string): number {
  const [, sign, hours = 0, minutes = 0, seconds = 0] = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(text) ?? []
  const size = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000
  return sign === '-' ? -size : size
}
