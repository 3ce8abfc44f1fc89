import { parseISO } from 'date-fns/parseISO'
import { toDate } from 'date-fns/toDate'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isBroadsideError } from '../model/error.js'
import { instantOfAbsolute, parseAbsolute, wallTimeOfAbsolute } from './absolute-schedule.js'
import { LAST_INSTANT } from './date-range.js'
import { referenceDaysInMonth, TELLING_ZONES } from './reference-calendar.fixture.js'
import { instantOf, wallTimeAt } from './zone.js'

const iso = (instant: number) => toDate(instant).toISOString()
const anyInstant = fc.integer({ min: -LAST_INSTANT, max: LAST_INSTANT })

function codeOf(text: string): string {
  try {
    parseAbsolute(text)
    return 'parsed'
  } catch (error) {
    return isBroadsideError(error) ? error.code : 'foreign error'
  }
}

function pad(value: number): string {
  return String(value).padStart(2, '0')
}

describe('parseAbsolute', () => {
  it.each([
    ['2020-10-18T10:59:32.340Z', '2020-10-18T10:59:32.340Z'],
    ['2018-01-09T22:47:12+0000', '2018-01-09T22:47:12.000Z'],
    ['2018-01-09T22:47:12+00:00', '2018-01-09T22:47:12.000Z'],
    ['2018-01-09T22:47:12-00:00', '2018-01-09T22:47:12.000Z'],
    ['2018-01-09T22:47:12+05:45', '2018-01-09T17:02:12.000Z'],
    ['2018-01-09T22:47:12-0330', '2018-01-10T02:17:12.000Z'],
    ['2018-01-09T22:47:12+01', '2018-01-09T21:47:12.000Z'],
    ['2018-01-09 22:47:12Z', '2018-01-09T22:47:12.000Z'],
    ['2018-01-09T22:47Z', '2018-01-09T22:47:00.000Z'],
    ['2018-01-09T22:47:12.5Z', '2018-01-09T22:47:12.500Z'],
    ['2018-01-09T22:47:12.999999999Z', '2018-01-09T22:47:12.999Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['2000-02-29T00:00:00Z', '2000-02-29T00:00:00.000Z'],
    ['+012345-06-07T08:09:10Z', '+012345-06-07T08:09:10.000Z'],
  ])('reads %s', (text, expected) => {
    expect(iso(instantOfAbsolute(parseAbsolute(text), 'Asia/Tokyo'))).toBe(expected)
  })

  it.each([
    ['2018-01-24 16:10:08', 'UTC', '2018-01-24T16:10:08.000Z'],
    ['2018-01-24 16:10:08', 'America/New_York', '2018-01-24T21:10:08.000Z'],
    ['2018-01-24T16:10:08', 'Asia/Kathmandu', '2018-01-24T10:25:08.000Z'],
    ['2018-01-24T16:10', 'Europe/Oslo', '2018-01-24T15:10:00.000Z'],
    ['2024-03-31 02:30:00', 'Europe/Berlin', '2024-03-31T01:30:00.000Z'],
    ['2024-10-27 02:30:00', 'Europe/Berlin', '2024-10-27T00:30:00.000Z'],
  ])('reads %s as wall time in %s', (text, zone, expected) => {
    expect(iso(instantOfAbsolute(parseAbsolute(text), zone))).toBe(expected)
  })

  it.each([
    '2018-01-2316:10:08',
    '2018-01-24',
    '2018-01-24T',
    '2018-01-24T16Z',
    '2018-1-24 16:10:08',
    '2018-01-24  16:10:08',
    '2018-01-24t16:10:08z',
    ' 2018-01-24 16:10:08',
    '2018-01-24 16:10:08\n',
    '2018-01-24 16:10:08 +0000',
    '2018-01-24T16:10:08+24:00',
    '2018-01-24T16:10:08+01:60',
    '2018-01-24T16:10:08+1',
    '2018-01-24T16:10:08.Z',
    '20180124T161008Z',
    '2018-W04-3T16:10:08Z',
    '-000000-01-01T00:00:00Z',
    '24/01/2018 16:10',
    '1516810208000',
    'tomorrow',
    '',
  ])('refuses %j and shows what is accepted', (text) => {
    expect(codeOf(text)).toBe('SCHEDULE_INVALID')
    expect(() => parseAbsolute(text)).toThrow('"2018-01-24 16:10:08"')
  })

  it.each([
    '2023-02-30T00:00:00Z',
    '2023-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2023-04-31 12:00:00',
    '2023-13-01T00:00:00Z',
    '2023-00-10T00:00:00Z',
    '2023-01-00T00:00:00Z',
    '2023-01-10T24:00:00Z',
    '2023-01-10T25:00:00Z',
    '2023-01-10T12:60:00Z',
    '2016-12-31T23:59:60Z',
  ])('refuses %s, which does not exist', (text) => {
    expect(codeOf(text)).toBe('SCHEDULE_INVALID')
    expect(() => parseAbsolute(text)).toThrow('does not exist')
  })

  it.each(['+275760-09-13T00:00:00.001Z', '+999999-01-01T00:00:00Z', '-999999-01-01T00:00:00Z'])(
    'refuses %s, which no date can hold',
    (text) => {
      expect(codeOf(text)).toBe('SCHEDULE_OUT_OF_RANGE')
    },
  )

  it('refuses an instant that only its offset takes out of the range', () => {
    const time = parseAbsolute('+275760-09-13T00:00:00-01:00')
    expect(() => instantOfAbsolute(time, 'UTC')).toThrow('lies outside the range of dates')
    const local = parseAbsolute('+275760-09-13T00:00:00')
    expect(() => instantOfAbsolute(local, 'America/New_York')).toThrow('lies outside the range of dates')
  })

  it('reads every instant as it is printed', () => {
    fc.assert(
      fc.property(anyInstant, (instant) => {
        expect(instantOfAbsolute(parseAbsolute(iso(instant)), 'Asia/Tokyo')).toBe(instant)
      }),
      { numRuns: 1_000 },
    )
  })

  it('agrees with date-fns on every date, time and offset that exists, and refuses the others', () => {
    const fields = fc.record({
      year: fc.integer({ min: 1000, max: 9999 }),
      month: fc.integer({ min: 0, max: 13 }),
      day: fc.integer({ min: 0, max: 32 }),
      hour: fc.integer({ min: 0, max: 24 }),
      minute: fc.integer({ min: 0, max: 60 }),
      second: fc.integer({ min: 0, max: 60 }),
      offset: fc.constantFrom('Z', '+00:00', '+0545', '-09:30', '+14:00', '-12', '+23:59'),
    })
    fc.assert(
      fc.property(fields, ({ year, month, day, hour, minute, second, offset }) => {
        const date = `${year}-${pad(month)}-${pad(day)}`
        const text = `${date}T${pad(hour)}:${pad(minute)}:${pad(second)}${offset}`
        const isDay = month >= 1 && month <= 12 && day >= 1 && day <= referenceDaysInMonth(year, month)
        if (!isDay || hour > 23 || minute > 59 || second > 59) expect(codeOf(text)).toBe('SCHEDULE_INVALID')
        else expect(instantOfAbsolute(parseAbsolute(text), 'UTC')).toBe(parseISO(text).getTime())
      }),
      { numRuns: 2_000 },
    )
  })

  it('reads or refuses any text, and nothing else happens', () => {
    const piece = fc.constantFrom('2024', '-', '02', '29', 'T', ' ', '23', ':', '59', '.', '123', 'Z', '+', '01', '00')
    const text = fc.oneof(
      fc.string(),
      fc.array(piece, { maxLength: 16 }).map((pieces) => pieces.join('')),
    )
    fc.assert(
      fc.property(text, (anything) => {
        expect(['parsed', 'SCHEDULE_INVALID']).toContain(codeOf(anything))
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('wallTimeOfAbsolute', () => {
  it('is what was written, where it was written without an offset', () => {
    const time = parseAbsolute('2018-01-24 16:10:08')
    expect(iso(wallTimeOfAbsolute(time, 'Asia/Tokyo'))).toBe('2018-01-24T16:10:08.000Z')
  })

  it("is what a clock in the engine's zone shows, where it was written with one", () => {
    const time = parseAbsolute('2018-01-24T16:10:08-05:00')
    expect(iso(wallTimeOfAbsolute(time, 'Asia/Tokyo'))).toBe('2018-01-25T06:10:08.000Z')
  })

  it('fits the instant in every zone', () => {
    const instant = fc.integer({ min: 0, max: 4e12 })
    fc.assert(
      fc.property(instant, fc.constantFrom(...TELLING_ZONES), (at, zone) => {
        const wallTime = wallTimeOfAbsolute(parseAbsolute(iso(at)), zone)
        expect(wallTime).toBe(wallTimeAt(zone, at))
        expect(instantOf(zone, wallTime)).toBeLessThanOrEqual(at)
      }),
      { numRuns: 500 },
    )
  })
})
