const MINUTE_MS = 60_000

/** A time zone as the `date` filter takes it: an IANA name, or minutes as `Date#getTimezoneOffset` counts them (west is positive). */
export type TimeZone = string | number

const formats = new Map<string, Intl.DateTimeFormat>()

/** Throws a `RangeError` for a name that the runtime does not know. Kept, because building one costs more than a whole render. */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone)
  if (known) return known
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  formats.set(timeZone, format)
  return format
}

/** How far the zone's clocks are ahead of UTC at `instantMs`, in ms. */
export function offsetAt(timeZone: TimeZone, instantMs: number): number {
  if (typeof timeZone === 'number') return -timeZone * MINUTE_MS
  if (timeZone === 'UTC') return 0
  const parts = new Map(
    formatOf(timeZone)
      .formatToParts(instantMs)
      .map((part) => [part.type, Number(part.value)]),
  )
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0
  const wallMs = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'))
  return wallMs - Math.floor(instantMs / 1_000) * 1_000
}

/** The instant at which the zone's clocks show `wallMs` (a wall time written down as if it were UTC). */
export function instantOf(timeZone: TimeZone, wallMs: number): number {
  const guess = wallMs - offsetAt(timeZone, wallMs)
  return wallMs - offsetAt(timeZone, guess)
}
