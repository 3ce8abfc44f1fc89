import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { referenceDaysInMonth, referenceEpochDay, referenceWallTime } from './reference-calendar.fixture.js'
import { addMonthsToWallTime, DAY_MS, wallTimeOf } from './wall-time.js'

const year = fc.integer({ min: -200_000, max: 200_000 })
const month = fc.integer({ min: 1, max: 12 })
const timeOfDay = {
  hour: fc.integer({ min: 0, max: 23 }),
  minute: fc.integer({ min: 0, max: 59 }),
  second: fc.integer({ min: 0, max: 59 }),
  millisecond: fc.integer({ min: 0, max: 999 }),
}
const midnight = { hour: 0, minute: 0, second: 0, millisecond: 0 }

describe('wallTimeOf', () => {
  it('counts days as a second calendar does, and refuses exactly the days that months do not have', () => {
    fc.assert(
      fc.property(fc.record({ year, month, day: fc.integer({ min: 0, max: 32 }), ...timeOfDay }), (fields) => {
        const exists = fields.day >= 1 && fields.day <= referenceDaysInMonth(fields.year, fields.month)
        expect(wallTimeOf(fields)).toBe(exists ? referenceWallTime(fields) : undefined)
      }),
      { numRuns: 2_000 },
    )
  })

  it.each([
    ['a month 0', { month: 0 }],
    ['a month 13', { month: 13 }],
    ['24:00', { hour: 24 }],
    ['a minute 60', { minute: 60 }],
    ['a leap second', { second: 60 }],
  ])('knows no %s', (_, wrong) => {
    expect(wallTimeOf({ year: 2023, month: 12, day: 31, ...midnight, ...wrong })).toBeUndefined()
  })

  it('takes the first century as it is written', () => {
    expect(wallTimeOf({ year: 70, month: 1, day: 1, ...midnight })).toBe(referenceEpochDay(70, 1, 1) * DAY_MS)
  })

  it('is NaN beyond the range of dates', () => {
    expect(wallTimeOf({ year: 275_760, month: 9, day: 13, ...midnight })).toBe(8.64e15)
    expect(wallTimeOf({ year: 275_760, month: 9, day: 14, ...midnight })).toBeNaN()
    expect(wallTimeOf({ year: -999_999, month: 9, day: 14, ...midnight })).toBeNaN()
  })
})

describe('addMonthsToWallTime', () => {
  it('keeps day and time, or takes the last day of a shorter month', () => {
    fc.assert(
      fc.property(
        fc.record({ year, month, day: fc.integer({ min: 1, max: 31 }), ...timeOfDay }),
        fc.nat(100_000),
        (fields, months) => {
          fc.pre(fields.day <= referenceDaysInMonth(fields.year, fields.month))
          const monthNo = fields.year * 12 + fields.month - 1 + months
          const target = { year: Math.floor(monthNo / 12), month: monthNo - Math.floor(monthNo / 12) * 12 + 1 }
          const day = Math.min(fields.day, referenceDaysInMonth(target.year, target.month))
          expect(addMonthsToWallTime(referenceWallTime(fields), months)).toBe(
            referenceWallTime({ ...fields, ...target, day }),
          )
        },
      ),
      { numRuns: 2_000 },
    )
  })

  it('is NaN beyond the range of dates, however many months', () => {
    expect(addMonthsToWallTime(0, 12 * 273_000)).toBeGreaterThan(0)
    expect(addMonthsToWallTime(0, 12 * 276_000)).toBeNaN()
    expect(addMonthsToWallTime(0, Number.MAX_VALUE)).toBeNaN()
  })
})
