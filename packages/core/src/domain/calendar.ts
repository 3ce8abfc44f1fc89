import { isInDateRange, requireDateRange } from './date-range.js'
import type { DurationUnit, RelativeDuration } from './relative-schedule.js'
import { addMonthsToWallTime, DAY_MS } from './wall-time.js'
import { instantOf, wallTimeAt } from './zone.js'

type Step = { readonly ms: number } | { readonly months: number }

/** Seconds to weeks are fixed lengths, whatever clocks do meanwhile; months and years are steps in the calendar. */
const STEPS: { readonly [unit in DurationUnit]: Step } = {
  second: { ms: 1_000 },
  minute: { ms: 60_000 },
  hour: { ms: 3_600_000 },
  day: { ms: DAY_MS },
  week: { ms: 7 * DAY_MS },
  month: { months: 1 },
  year: { months: 12 },
}

export interface AddDurationParams {
  /** In ms since the epoch. */
  readonly instant: number
  readonly duration: RelativeDuration
  /** The IANA zone in whose calendar months and years are counted. */
  readonly zone: string
}

/**
 * The instant that lies `duration` after another.
 *
 * - Months and years keep the wall time in `zone`, on the month's last day where the month is too short; see {@link instantOf} for
 *   wall times that a change of clocks leaves out or repeats.
 * - Nothing added is nothing changed.
 *
 * @throws `SCHEDULE_OUT_OF_RANGE` when no date can hold the result.
 */
export function addDuration({ instant, duration, zone }: AddDurationParams): number {
  const { amount, unit } = duration
  const step = STEPS[unit]
  const result = 'ms' in step ? instant + amount * step.ms : addMonths({ instant, months: amount * step.months, zone })
  return requireDateRange(result, `${amount} ${unit}${amount === 1 ? '' : 's'} from now`)
}

interface AddMonthsParams {
  readonly instant: number
  readonly months: number
  readonly zone: string
}

function addMonths({ instant, months, zone }: AddMonthsParams): number {
  if (months === 0) return instant
  const wallTime = addMonthsToWallTime(wallTimeAt(zone, instant), months)
  return isInDateRange(wallTime) ? instantOf(zone, wallTime) : Number.NaN
}
