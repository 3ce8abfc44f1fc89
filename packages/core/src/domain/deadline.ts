import type { Deadline } from '../model/sending.js'
import { instantOfAbsolute, parseAbsolute } from './absolute-schedule.js'
import { addDuration } from './calendar.js'
import { parseRelative } from './relative-schedule.js'

export interface DeadlineParams {
  readonly deadline: Deadline
  /** When the last items of the sending are due. */
  readonly lastDueAt: number
  /** The engine's IANA zone. */
  readonly zone: string
}

/** The instant at which a sending has run out of time. Throws as `resolveSchedule` does, but never `SCHEDULE_IN_PAST`. */
export function deadlineAt({ deadline, lastDueAt, zone }: DeadlineParams): number {
  return typeof deadline === 'string'
    ? instantOfAbsolute(parseAbsolute(deadline), zone)
    : addDuration({ instant: lastDueAt, duration: parseRelative(deadline.after), zone })
}
