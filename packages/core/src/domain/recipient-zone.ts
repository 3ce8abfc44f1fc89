import type { PastPolicy } from '../model/schedule.js'
import { DAY_MS, type WallTime } from './wall-time.js'
import { instantOf, isZone } from './zone.js'

/** No clock on earth is further ahead of UTC (Kiritimati). */
const EASTERNMOST_OFFSET_MS = 14 * 3_600_000
/** No clock on earth is further behind UTC (ships, and Baker Island). */
const WESTERNMOST_OFFSET_MS = -12 * 3_600_000

/** A sending that goes at one wall time in every recipient's own zone. */
export interface RecipientZoneSchedule {
  readonly wallTime: WallTime
  /** For recipients without a zone, or with one that is unknown. */
  readonly engineZone: string
  /**
   * When the sending became scheduled. What had passed by then falls under `pastPolicy`; what passes later has merely waited. Being
   * fixed, it makes preparing again after a crash come to the same waves.
   */
  readonly scheduledAt: number
  readonly pastPolicy: PastPolicy
}

/** Recipients that become due together. */
export interface RecipientWave {
  readonly dueAt: number
  /** As they were given; `undefined` stands for recipients without a zone. */
  readonly zones: readonly (string | undefined)[]
}

export interface RecipientWaves {
  /** In the order of their instants. */
  readonly waves: readonly RecipientWave[]
  /** Zones whose time had passed, left out by `pastPolicy: 'skip'`. */
  readonly skipped: readonly (string | undefined)[]
}

/** The instant at which the wall time is reached at UTC+14: nobody's comes before. */
export function firstInstantOf(wallTime: WallTime): number {
  return wallTime - EASTERNMOST_OFFSET_MS
}

/** The instant at which the wall time is reached at UTC-12: nobody's comes after. */
export function lastInstantOf(wallTime: WallTime): number {
  return wallTime - WESTERNMOST_OFFSET_MS
}

/**
 * When recipients of a zone are due; `undefined` when they are left out, because their time had passed and `pastPolicy` is `skip`.
 * With `nextDay`, it is the first day on which the wall time had not passed.
 */
export function dueInZone(schedule: RecipientZoneSchedule, zone: string | undefined): number | undefined {
  const { wallTime, engineZone, scheduledAt, pastPolicy } = schedule
  const own = zone !== undefined && isZone(zone) ? zone : engineZone
  const dueAt = instantOf(own, wallTime)
  if (dueAt >= scheduledAt) return dueAt
  if (pastPolicy === 'sendNow') return scheduledAt
  return pastPolicy === 'skip' ? undefined : nextDayInZone({ zone: own, wallTime, dueAt, scheduledAt })
}

interface NextDayParams {
  readonly zone: string
  readonly wallTime: WallTime
  /** The instant of `wallTime`, which had passed. */
  readonly dueAt: number
  readonly scheduledAt: number
}

function nextDayInZone({ zone, wallTime, dueAt, scheduledAt }: NextDayParams): number {
  // The span between the zones is 26 hours, so one day later may have passed as well.
  let days = Math.max(1, Math.floor((scheduledAt - dueAt) / DAY_MS))
  let next = instantOf(zone, wallTime + days * DAY_MS)
  while (next < scheduledAt) {
    days += 1
    next = instantOf(zone, wallTime + days * DAY_MS)
  }
  return next
}

/** {@link dueInZone} for very many recipients: each zone is worked out once. Keeps one entry for each zone it is asked for. */
export function dueByZone(schedule: RecipientZoneSchedule): (zone: string | undefined) => number | undefined {
  const known = new Map<string | undefined, number | undefined>()
  return (zone) => {
    const named = zone !== undefined && isZone(zone) ? zone : undefined
    if (!known.has(named)) known.set(named, dueInZone(schedule, named))
    return known.get(named)
  }
}

/** The waves in which a set of zones becomes due. Each zone stands in one wave, or among the skipped. */
export function recipientWaves(schedule: RecipientZoneSchedule, zones: Iterable<string | undefined>): RecipientWaves {
  const zonesByDue = new Map<number | undefined, (string | undefined)[]>()
  for (const zone of new Set(zones)) {
    const dueAt = dueInZone(schedule, zone)
    const together = zonesByDue.get(dueAt)
    if (together) together.push(zone)
    else zonesByDue.set(dueAt, [zone])
  }
  const waves: RecipientWave[] = []
  for (const [dueAt, together] of zonesByDue) {
    if (dueAt !== undefined) waves.push({ dueAt, zones: together })
  }
  return { waves: waves.sort((a, b) => a.dueAt - b.dueAt), skipped: zonesByDue.get(undefined) ?? [] }
}
