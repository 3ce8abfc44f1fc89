import { BroadsideError } from '../model/error.js'
import type { AbsoluteSchedule, PastPolicy, Schedule } from '../model/schedule.js'
import { type AbsoluteTime, instantOfAbsolute, parseAbsolute, wallTimeOfAbsolute } from './absolute-schedule.js'
import { addDuration } from './calendar.js'
import { requireDateRange } from './date-range.js'
import { type PrepareAtParams, prepareAt } from './prescheduling.js'
import { quoted } from './quoted.js'
import { firstInstantOf, lastInstantOf } from './recipient-zone.js'
import { parseRelative } from './relative-schedule.js'
import type { WallTime } from './wall-time.js'

export interface ResolveScheduleParams {
  readonly schedule: Schedule
  /** When the sending becomes scheduled, in ms since the epoch. */
  readonly now: number
  /** The engine's IANA zone. */
  readonly zone: string
}

/** What is to happen when. Instants are in ms since the epoch, never before the `now` they were resolved at. */
export interface ResolvedSchedule {
  /** What this does to a draft: see `SENDING_TRANSITIONS`. */
  readonly event: 'sendNow' | 'schedule'
  /** When items go out; in recipients' zones, the instant before which nobody's can. */
  readonly dueAt: number
  /** When items are to be built from audience and recipients. */
  readonly prepareAt: number
  /** Only in recipients' zones: what `recipientWaves` needs. */
  readonly inRecipientZones?: { readonly wallTime: WallTime; readonly pastPolicy: PastPolicy } | undefined
}

/**
 * Turns a schedule into instants: once, when the sending becomes scheduled.
 *
 * @throws `SCHEDULE_INVALID` for a text that can't be read, `SCHEDULE_IN_PAST` for an instant before `now` (in recipients' zones: when
 * it has passed in every zone), `SCHEDULE_OUT_OF_RANGE` for one that no date can hold, `INVALID_INPUT` for an unknown `zone`.
 */
export function resolveSchedule({ schedule, now, zone }: ResolveScheduleParams): ResolvedSchedule {
  switch (schedule.type) {
    case 'immediate':
      return { event: 'sendNow', dueAt: now, prepareAt: now }
    case 'relative': {
      const dueAt = addDuration({ instant: now, duration: parseRelative(schedule.in), zone })
      return dueLater({ dueAt, now, prescheduled: schedule.prescheduled })
    }
    case 'absolute': {
      const params = { schedule, time: parseAbsolute(schedule.at), now, zone }
      return schedule.scheduleType === 'contactTZ' ? inRecipientsOwnZones(params) : inEngineZone(params)
    }
  }
}

interface AbsoluteParams {
  readonly schedule: AbsoluteSchedule
  readonly time: AbsoluteTime
  readonly now: number
  readonly zone: string
}

function inEngineZone({ schedule, time, now, zone }: AbsoluteParams): ResolvedSchedule {
  const dueAt = instantOfAbsolute(time, zone)
  if (dueAt < now) throw pastError(schedule.at)
  return dueLater({ dueAt, now, prescheduled: schedule.prescheduled })
}

function inRecipientsOwnZones({ schedule, time, now, zone }: AbsoluteParams): ResolvedSchedule {
  const wallTime = wallTimeOfAbsolute(time, zone)
  const last = requireDateRange(lastInstantOf(wallTime), quoted(schedule.at))
  if (last < now) throw pastError(schedule.at, ' in every zone')
  const dueAt = Math.max(now, firstInstantOf(wallTime))
  return {
    ...dueLater({ dueAt, now, prescheduled: schedule.prescheduled }),
    inRecipientZones: { wallTime, pastPolicy: schedule.pastPolicy ?? 'sendNow' },
  }
}

function dueLater(params: PrepareAtParams): ResolvedSchedule {
  return { event: 'schedule', dueAt: params.dueAt, prepareAt: prepareAt(params) }
}

function pastError(text: string, where = ''): BroadsideError {
  return new BroadsideError(
    'SCHEDULE_IN_PAST',
    `${quoted(text)} has passed${where}: give a later time, or { type: 'immediate' }`,
  )
}
