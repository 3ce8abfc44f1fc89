import { parseISO } from 'date-fns/parseISO'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isBroadsideError } from '../model/error.js'
import { type AddDurationParams, addDuration } from './calendar.js'
import { LAST_INSTANT } from './date-range.js'
import {
  referenceDaysInMonth,
  referenceFields,
  referenceInstantOf,
  referenceWallTime,
  TELLING_ZONES,
} from './reference-calendar.fixture.js'
import { type DurationUnit, parseRelative } from './relative-schedule.js'
import { wallTimeAt } from './zone.js'

const utc = (text: string) => parseISO(`${text}Z`).getTime()
const zone = fc.constantFrom(...TELLING_ZONES)
const instant = fc.integer({ min: utc('1995-01-01T00:00:00'), max: utc('2060-01-01T00:00:00') })

const FIXED: Readonly<Record<string, number>> = { second: 1, minute: 60, hour: 3_600, day: 86_400, week: 604_800 }

/** The same addition, by the other calendar: month by month. */
function referenceAdd({ instant: from, duration, zone: zoneName }: AddDurationParams): number {
  const { amount, unit } = duration
  const seconds = FIXED[unit]
  if (seconds !== undefined) return from + amount * seconds * 1_000
  if (amount === 0) return from
  const fields = referenceFields(zoneName, from)
  let { year, month } = fields
  for (let step = 0; step < amount; step += 1) {
    if (unit === 'year') year += 1
    else if (month < 12) month += 1
    else [year, month] = [year + 1, 1]
  }
  const day = Math.min(fields.day, referenceDaysInMonth(year, month))
  return referenceInstantOf(zoneName, referenceWallTime({ ...fields, year, month, day }))
}

describe('addDuration', () => {
  it('adds fixed lengths, whatever the zone', () => {
    const fixed = fc.constantFrom<DurationUnit>('second', 'minute', 'hour', 'day', 'week')
    fc.assert(
      fc.property(instant, fc.nat(100_000), fixed, zone, (from, amount, unit, inZone) => {
        const params = { instant: from, duration: { amount, unit }, zone: inZone }
        expect(addDuration(params)).toBe(referenceAdd(params))
      }),
      { numRuns: 1_000 },
    )
  })

  it('adds months and years as a second calendar does', () => {
    const calendar = fc.oneof(
      fc.record({ amount: fc.nat(150), unit: fc.constant<DurationUnit>('month') }),
      fc.record({ amount: fc.nat(15), unit: fc.constant<DurationUnit>('year') }),
    )
    fc.assert(
      fc.property(instant, calendar, zone, (from, duration, inZone) => {
        const params = { instant: from, duration, zone: inZone }
        expect(addDuration(params)).toBe(referenceAdd(params))
      }),
      { numRuns: 200 },
    )
  })

  it('never goes back, and nothing added changes nothing', () => {
    const unit = fc.constantFrom<DurationUnit>('second', 'minute', 'hour', 'day', 'week', 'month', 'year')
    fc.assert(
      fc.property(instant, fc.nat(50), unit, zone, (from, amount, ofUnit, inZone) => {
        const result = addDuration({ instant: from, duration: { amount, unit: ofUnit }, zone: inZone })
        expect(Math.sign(result - from)).toBe(Math.sign(amount))
      }),
      { numRuns: 1_000 },
    )
  })

  it('comes to the same by a year as by twelve months', () => {
    fc.assert(
      fc.property(instant, fc.nat(100), zone, (from, years, inZone) => {
        const byYears = addDuration({ instant: from, duration: { amount: years, unit: 'year' }, zone: inZone })
        const byMonths = addDuration({ instant: from, duration: { amount: 12 * years, unit: 'month' }, zone: inZone })
        expect(byYears).toBe(byMonths)
      }),
      { numRuns: 500 },
    )
  })

  it.each([
    ['2023-01-31T12:00:00', '1 month', 'UTC', '2023-02-28T12:00:00'],
    ['2024-01-31T12:00:00', '1 month', 'UTC', '2024-02-29T12:00:00'],
    ['2024-01-31T12:00:00', '3 months', 'UTC', '2024-04-30T12:00:00'],
    ['2024-02-29T12:00:00', '1 year', 'UTC', '2025-02-28T12:00:00'],
    ['2024-02-29T12:00:00', '4 years', 'UTC', '2028-02-29T12:00:00'],
    ['2096-02-29T12:00:00', '4 years', 'UTC', '2100-02-28T12:00:00'],
    ['2024-12-31T23:59:59', '1 second', 'UTC', '2025-01-01T00:00:00'],
    // 31 March 2024 has no 02:30 in Berlin, and 27 October has two.
    ['2024-01-31T01:30:00', '2 months', 'Europe/Berlin', '2024-03-31T01:30:00'],
    ['2024-09-27T00:30:00', '1 month', 'Europe/Berlin', '2024-10-27T00:30:00'],
    // A day is 24 hours, and a month keeps the time of day.
    ['2024-03-30T11:00:00', '1 day', 'Europe/Berlin', '2024-03-31T11:00:00'],
    ['2024-03-15T11:00:00', '1 month', 'Europe/Berlin', '2024-04-15T10:00:00'],
    // The month is that of the zone: here it is still January in UTC.
    ['2024-01-31T20:00:00', '1 month', 'Asia/Tokyo', '2024-02-29T20:00:00'],
    // Apia had no 30 December 2011.
    ['2011-11-30T22:00:00', '1 month', 'Pacific/Apia', '2011-12-30T22:00:00'],
    ['2024-09-06T15:45:00', '1 month', 'Australia/Lord_Howe', '2024-10-06T15:15:00'],
  ])('%s and %s in %s is %s', (from, text, inZone, expected) => {
    expect(addDuration({ instant: utc(from), duration: parseRelative(text), zone: inZone })).toBe(utc(expected))
  })

  it('changes nothing by adding no months, even in the second of two equal hours', () => {
    const second = utc('2024-10-27T01:30:00')
    expect(addDuration({ instant: second, duration: parseRelative('0 months'), zone: 'Europe/Berlin' })).toBe(second)
  })

  it('keeps milliseconds', () => {
    const from = utc('2024-01-31T12:00:00.123')
    expect(addDuration({ instant: from, duration: parseRelative('1 month'), zone: 'UTC' })).toBe(
      utc('2024-02-29T12:00:00.123'),
    )
  })

  it('gives a date or refuses, whatever is added to whatever', () => {
    const anyInstant = fc.maxSafeInteger().filter((value) => Math.abs(value) <= LAST_INSTANT)
    const anyAmount = fc.oneof(
      fc.nat(),
      fc.maxSafeNat().map((value) => value % LAST_INSTANT),
      fc.nat(3_000_000),
    )
    const unit = fc.constantFrom<DurationUnit>('second', 'minute', 'hour', 'day', 'week', 'month', 'year')
    fc.assert(
      fc.property(anyInstant, anyAmount, unit, zone, (from, amount, ofUnit, inZone) => {
        try {
          const result = addDuration({ instant: from, duration: { amount, unit: ofUnit }, zone: inZone })
          expect(result).toBeGreaterThanOrEqual(from)
          expect(result).toBeLessThanOrEqual(LAST_INSTANT)
        } catch (error) {
          if (!isBroadsideError(error, 'SCHEDULE_OUT_OF_RANGE')) throw error
        }
      }),
      { numRuns: 3_000 },
    )
  })

  it.each(['300000 years', '3600000 months', '8640000000000001 seconds', '100000000 days'])('refuses %s', (text) => {
    const add = () => addDuration({ instant: utc('2024-01-01T00:00:00'), duration: parseRelative(text), zone: 'UTC' })
    expect(add).toThrow('lies outside the range of dates')
  })

  it('takes what still fits', () => {
    expect(addDuration({ instant: LAST_INSTANT - 1_000, duration: { amount: 1, unit: 'second' }, zone: 'UTC' })).toBe(
      LAST_INSTANT,
    )
    const from = utc('2024-09-12T00:00:00')
    const result = addDuration({ instant: from, duration: { amount: 273_736, unit: 'year' }, zone: 'UTC' })
    expect(result).toBe(LAST_INSTANT - 86_400_000)
    expect(wallTimeAt('UTC', result)).toBe(result)
  })
})
