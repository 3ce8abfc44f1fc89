import type { WallTimeFields } from './wall-time.js'

// A second calendar to test the first one against: nothing but whole numbers and what Intl shows. It is slow, and meant to be.

const HOUR_MS = 3_600_000
const QUARTER_MS = 900_000

/** Days since 1970-01-01, counted in eras of 400 years that begin in March. */
export function referenceEpochDay(year: number, month: number, day: number): number {
  const marchYear = month < 3 ? year - 1 : year
  const era = Math.floor(marchYear / 400)
  const yearOfEra = marchYear - era * 400
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
}

export function referenceWallTime({ year, month, day, hour, minute, second, millisecond }: WallTimeFields): number {
  return ((referenceEpochDay(year, month, day) * 24 + hour) * 60 + minute) * 60_000 + second * 1_000 + millisecond
}

export function referenceDaysInMonth(year: number, month: number): number {
  const next = month === 12 ? [year + 1, 1] : [year, month + 1]
  return referenceEpochDay(next[0] ?? 0, next[1] ?? 0, 1) - referenceEpochDay(year, month, 1)
}

const formats = new Map<string, Intl.DateTimeFormat>()

function fieldsFormat(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone)
  if (known) return known
  const numeric = 'numeric'
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: numeric,
    month: numeric,
    day: numeric,
    hour: numeric,
    minute: numeric,
    second: numeric,
  })
  formats.set(timeZone, format)
  return format
}

/** What a clock in the zone shows, for years from 1 on. */
export function referenceFields(zone: string, instant: number): WallTimeFields {
  const shown: Record<string, number> = {}
  for (const { type, value } of fieldsFormat(zone).formatToParts(instant)) shown[type] = Number(value)
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = shown
  return { year, month, day, hour, minute, second, millisecond: ((instant % 1_000) + 1_000) % 1_000 }
}

export function referenceShown(zone: string, instant: number): number {
  return referenceWallTime(referenceFields(zone, instant))
}

/** By search: every instant of three days that shows the wall time; the first of them, or the gap's rule when there is none. */
export function referenceInstantOf(zone: string, wallTime: number): number {
  const offsets = new Set<number>()
  for (let probe = wallTime - 36 * HOUR_MS; probe <= wallTime + 36 * HOUR_MS; probe += QUARTER_MS) {
    offsets.add(referenceShown(zone, probe) - probe)
  }
  const matching = [...offsets].map((offset) => wallTime - offset).filter((at) => referenceShown(zone, at) === wallTime)
  return matching.length > 0 ? Math.min(...matching) : referenceAfterGap(zone, wallTime)
}

/** The clock skips the wall time: as much after the jump as the wall time lies beyond the last thing shown before it. */
function referenceAfterGap(zone: string, wallTime: number): number {
  let before = wallTime - 36 * HOUR_MS
  let after = wallTime + 36 * HOUR_MS
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2)
    if (referenceShown(zone, middle) > wallTime) after = middle
    else before = middle
  }
  return before + (wallTime - referenceShown(zone, before))
}

export interface ReferenceChange {
  readonly zone: string
  /** The first instant with the new offset. */
  readonly at: number
  readonly offsetBefore: number
  readonly offsetAfter: number
}

/** When a zone's clocks were changed, and will be, in a span of time. */
export function referenceChanges(zone: string, { from, until }: { from: number; until: number }): ReferenceChange[] {
  const offset = (at: number) => referenceShown(zone, at) - at
  const changes: ReferenceChange[] = []
  const stride = 5 * 24 * HOUR_MS
  for (let start = from; start < until; start += stride) {
    let before = start
    let after = start + stride
    if (offset(before) === offset(after)) continue
    while (after - before > 1) {
      const middle = Math.floor((before + after) / 2)
      if (offset(middle) === offset(start)) before = middle
      else after = middle
    }
    changes.push({ zone, at: after, offsetBefore: offset(before), offsetAfter: offset(after) })
  }
  return changes
}

/** Half hours, quarters, both hemispheres, changes at midnight, a skipped day, Ramadan, and none at all. */
export const TELLING_ZONES = [
  'UTC',
  'Europe/London',
  'Europe/Berlin',
  'Europe/Dublin',
  'America/New_York',
  'America/St_Johns',
  'America/Santiago',
  'America/Havana',
  'America/Nuuk',
  'Africa/Casablanca',
  'Africa/Cairo',
  'Asia/Beirut',
  'Asia/Gaza',
  'Asia/Tehran',
  'Asia/Kathmandu',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'Australia/Adelaide',
  'Antarctica/Troll',
  'Pacific/Apia',
  'Pacific/Chatham',
  'Pacific/Kiritimati',
  'Pacific/Niue',
  'Etc/GMT+12',
] as const
