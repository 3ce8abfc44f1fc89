import { BroadsideError } from '../model/error.js'
import { requireDateRange } from './date-range.js'
import { quoted } from './quoted.js'
import { type WallTime, wallTimeOf } from './wall-time.js'
import { instantOf, wallTimeAt } from './zone.js'

/** A date and time as it was written. */
export interface AbsoluteTime {
  readonly wallTime: WallTime
  /** The offset it was written with, in ms, positive to the east; absent where it had none. */
  readonly offsetMs?: number | undefined
}

const DATE = /(?<year>\d{4}|(?!-000000)[+-]\d{6})-(?<month>\d\d)-(?<day>\d\d)/
const TIME = /(?<hour>\d\d):(?<minute>\d\d)(?::(?<second>\d\d)(?:\.(?<fraction>\d+))?)?/
const OFFSET = /Z|(?<sign>[+-])(?<offsetHour>[01]\d|2[0-3])(?::?(?<offsetMinute>[0-5]\d))?/
const FORM = new RegExp(`^${DATE.source}[T ]${TIME.source}(?<offset>${OFFSET.source})?$`)

const HINT =
  'as in "2018-01-24T16:10:08Z", "2018-01-24T16:10:08+01:00" or, in the engine\'s zone, "2018-01-24 16:10:08"'

/**
 * Reads a date and time: ISO 8601 in its extended form, with `T` or one space before the time and seconds optional; `Z`, an offset
 * (`+01:00`, `+0100`, `+01`) or neither. Fractions are cut to milliseconds.
 *
 * @throws `SCHEDULE_INVALID` for another form, or for a date or time that does not exist, such as 30 February, 24:00 or a leap second;
 * `SCHEDULE_OUT_OF_RANGE` beyond the range of dates.
 */
export function parseAbsolute(text: string): AbsoluteTime {
  const groups = FORM.exec(text)?.groups
  if (!groups) throw new BroadsideError('SCHEDULE_INVALID', `${quoted(text)} is not a date and time: write it ${HINT}`)
  const wallTime = wallTimeOf({
    year: Number(groups.year),
    month: Number(groups.month),
    day: Number(groups.day),
    hour: Number(groups.hour),
    minute: Number(groups.minute),
    second: Number(groups.second ?? 0),
    millisecond: Number((groups.fraction ?? '').padEnd(3, '0').slice(0, 3)),
  })
  if (wallTime === undefined) {
    throw new BroadsideError('SCHEDULE_INVALID', `${quoted(text)} names a date or a time of day that does not exist`)
  }
  return { wallTime: requireDateRange(wallTime, quoted(text)), offsetMs: offsetOf(groups) }
}

/** The instant in ms since the epoch; without an offset, the wall time is one of `zone`. Throws `SCHEDULE_OUT_OF_RANGE`. */
export function instantOfAbsolute({ wallTime, offsetMs }: AbsoluteTime, zone: string): number {
  const instant = offsetMs === undefined ? instantOf(zone, wallTime) : wallTime - offsetMs
  return requireDateRange(instant, 'The scheduled time')
}

/** The wall time: as it was written or, where it was written with an offset, what a clock in `zone` shows at that instant. */
export function wallTimeOfAbsolute({ wallTime, offsetMs }: AbsoluteTime, zone: string): WallTime {
  return offsetMs === undefined ? wallTime : wallTimeAt(zone, wallTime - offsetMs)
}

function offsetOf({
  offset,
  sign,
  offsetHour,
  offsetMinute = '0',
}: Record<string, string | undefined>): number | undefined {
  if (offset === undefined) return undefined
  const size = (Number(offsetHour ?? 0) * 60 + Number(offsetMinute)) * 60_000
  return sign === '-' ? -size : size
}
