import { parseISO } from 'date-fns/parseISO'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isBroadsideError } from '../model/error.js'
import { type ScheduleInput, scheduleSchema } from '../model/schedule.js'
import { recipientWaves } from './recipient-zone.js'
import { TELLING_ZONES } from './reference-calendar.fixture.js'
import { type ResolvedSchedule, resolveSchedule } from './resolve-schedule.js'
import { SENDING_TRANSITIONS } from './sending-transitions.js'
import { nextStatus } from './transition-table.js'

const utc = (text: string) => parseISO(`${text}Z`).getTime()
const MINUTE_MS = 60_000
const NOW = utc('2024-01-24T12:00:00')

function resolve(schedule: ScheduleInput, zone = 'UTC', now = NOW): ResolvedSchedule {
  return resolveSchedule({ schedule: scheduleSchema.parse(schedule), now, zone })
}

function codeOf(schedule: ScheduleInput, zone?: string): string {
  try {
    resolve(schedule, zone)
    return 'resolved'
  } catch (error) {
    return isBroadsideError(error) ? error.code : 'foreign error'
  }
}

describe('resolveSchedule', () => {
  it('sends now what is immediate', () => {
    const expected = { event: 'sendNow', dueAt: NOW, prepareAt: NOW }
    expect(resolve({ type: 'immediate' })).toEqual(expected)
    expect(resolve({ type: 'immediate', prescheduled: true })).toEqual(expected)
  })

  it("counts a relative schedule from now, in the engine's zone", () => {
    const dueAt = utc('2024-01-26T12:00:00')
    expect(resolve({ type: 'relative', in: '2 days' })).toEqual({ event: 'schedule', dueAt, prepareAt: dueAt })
    const endOfMonth = utc('2024-01-31T20:00:00')
    expect(resolve({ type: 'relative', in: '1 month' }, 'Asia/Tokyo', endOfMonth).dueAt).toBe(
      utc('2024-02-29T20:00:00'),
    )
  })

  it("reads an absolute schedule in the engine's zone, unless it has an offset", () => {
    expect(resolve({ type: 'absolute', at: '2024-01-24 16:10:08' }, 'America/New_York').dueAt).toBe(
      utc('2024-01-24T21:10:08'),
    )
    expect(resolve({ type: 'absolute', at: '2024-01-24T16:10:08Z' }, 'America/New_York').dueAt).toBe(
      utc('2024-01-24T16:10:08'),
    )
  })

  it('starts preparing five minutes early where that is asked for', () => {
    const dueAt = utc('2024-01-24T13:00:00')
    expect(resolve({ type: 'relative', in: '1 hour', prescheduled: true })).toEqual({
      event: 'schedule',
      dueAt,
      prepareAt: dueAt - 5 * MINUTE_MS,
    })
    expect(resolve({ type: 'relative', in: '2 minutes', prescheduled: true }).prepareAt).toBe(NOW)
  })

  it('refuses an instant in the past, and takes this very one', () => {
    expect(codeOf({ type: 'absolute', at: '2024-01-24T11:59:59.999Z' })).toBe('SCHEDULE_IN_PAST')
    expect(codeOf({ type: 'absolute', at: '2024-01-24T12:00:00Z' })).toBe('resolved')
    expect(codeOf({ type: 'absolute', at: '2024-01-24 12:30:00' }, 'Europe/Oslo')).toBe('SCHEDULE_IN_PAST')
    expect(codeOf({ type: 'absolute', at: '0001-01-01T00:00:00Z' })).toBe('SCHEDULE_IN_PAST')
  })

  it('refuses what no date can hold', () => {
    expect(codeOf({ type: 'relative', in: '300000 years' })).toBe('SCHEDULE_OUT_OF_RANGE')
    expect(codeOf({ type: 'absolute', at: '+275760-09-13T00:00:00-01:00' })).toBe('SCHEDULE_OUT_OF_RANGE')
    const inZones = { type: 'absolute', at: '+275760-09-13T00:00:00Z', scheduleType: 'contactTZ' } as const
    expect(codeOf(inZones)).toBe('SCHEDULE_OUT_OF_RANGE')
  })

  it('refuses texts that never went through the schema', () => {
    const relative = { type: 'relative', in: '-1 day', prescheduled: false } as const
    expect(() => resolveSchedule({ schedule: relative, now: NOW, zone: 'UTC' })).toThrow('the grammar is')
    const absolute = { type: 'absolute', at: '2018-01-2316:10:08', prescheduled: false } as const
    expect(() => resolveSchedule({ schedule: absolute, now: NOW, zone: 'UTC' })).toThrow('is not a date and time')
  })

  it("refuses an engine's zone that does not exist", () => {
    expect(codeOf({ type: 'relative', in: '1 month' }, 'Mars/Base')).toBe('INVALID_INPUT')
  })

  it('gives a date that is not past, or a reason', () => {
    const schedule = fc.oneof(
      fc.record({
        type: fc.constant('relative'),
        in: fc.tuple(fc.nat(), fc.constantFrom('second', 'day', 'month', 'year')),
      }),
      fc.record({ type: fc.constant('absolute'), year: fc.integer({ min: 2020, max: 2030 }), zoned: fc.boolean() }),
    )
    fc.assert(
      fc.property(schedule, fc.constantFrom(...TELLING_ZONES), fc.boolean(), (drawn, zone, prescheduled) => {
        const input: ScheduleInput =
          'in' in drawn
            ? { type: 'relative', in: drawn.in.join(' '), prescheduled }
            : {
                type: 'absolute',
                at: `${drawn.year}-03-10T02:30:00`,
                prescheduled,
                ...(drawn.zoned && { scheduleType: 'contactTZ' as const }),
              }
        const code = codeOf(input, zone)
        expect(['resolved', 'SCHEDULE_IN_PAST', 'SCHEDULE_OUT_OF_RANGE']).toContain(code)
        if (code !== 'resolved') return
        const { event, dueAt, prepareAt } = resolve(input, zone)
        expect(nextStatus(SENDING_TRANSITIONS, 'draft', event)).toBe('scheduled')
        expect(dueAt).toBeGreaterThanOrEqual(prepareAt)
        expect(prepareAt).toBeGreaterThanOrEqual(NOW)
      }),
      { numRuns: 1_000 },
    )
  })
})

describe("resolveSchedule in recipients' zones", () => {
  const inZones = (at: string, rest: object = {}) =>
    ({ type: 'absolute', at, scheduleType: 'contactTZ', ...rest }) as const

  it('starts preparing when the wall time is reached at UTC+14', () => {
    expect(resolve(inZones('2024-02-01 09:00:00'))).toEqual({
      event: 'schedule',
      dueAt: utc('2024-01-31T19:00:00'),
      prepareAt: utc('2024-01-31T19:00:00'),
      inRecipientZones: { wallTime: utc('2024-02-01T09:00:00'), pastPolicy: 'sendNow' },
    })
    expect(resolve(inZones('2024-02-01 09:00:00', { prescheduled: true })).prepareAt).toBe(utc('2024-01-31T18:55:00'))
  })

  it('starts at once when that has passed', () => {
    expect(resolve(inZones('2024-01-24 12:30:00', { prescheduled: true, pastPolicy: 'skip' }))).toEqual({
      event: 'schedule',
      dueAt: NOW,
      prepareAt: NOW,
      inRecipientZones: { wallTime: utc('2024-01-24T12:30:00'), pastPolicy: 'skip' },
    })
  })

  it("takes an instant with an offset to the engine's zone first", () => {
    expect(resolve(inZones('2024-02-01T09:00:00Z'), 'Asia/Tokyo').inRecipientZones?.wallTime).toBe(
      utc('2024-02-01T18:00:00'),
    )
    expect(resolve(inZones('2024-02-01T09:00:00'), 'Asia/Tokyo').inRecipientZones?.wallTime).toBe(
      utc('2024-02-01T09:00:00'),
    )
  })

  it('refuses what has passed in every zone, and only that', () => {
    expect(codeOf(inZones('2024-01-24 00:00:00'))).toBe('resolved')
    expect(codeOf(inZones('2024-01-23 23:59:59'))).toBe('SCHEDULE_IN_PAST')
    expect(() => resolve(inZones('2024-01-23 23:59:59'))).toThrow('has passed in every zone')
  })

  it('never makes anybody due before its first instant', () => {
    const lead = fc.integer({ min: -11 * 60, max: 48 * 60 })
    fc.assert(
      fc.property(lead, fc.constantFrom('sendNow', 'skip', 'nextDay'), (minutes, pastPolicy) => {
        const now = utc('2024-03-31T02:30:00') - minutes * MINUTE_MS
        const { dueAt, inRecipientZones } = resolve(inZones('2024-03-31 02:30:00', { pastPolicy }), 'UTC', now)
        if (inRecipientZones === undefined) throw new Error('no zones')
        const plan = { ...inRecipientZones, engineZone: 'UTC', scheduledAt: now }
        for (const wave of recipientWaves(plan, TELLING_ZONES).waves) expect(wave.dueAt).toBeGreaterThanOrEqual(dueAt)
      }),
    )
  })
})
