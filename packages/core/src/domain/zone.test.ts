import { parseISO } from 'date-fns/parseISO'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LAST_INSTANT } from './date-range.js'
import {
  type ReferenceChange,
  referenceChanges,
  referenceInstantOf,
  referenceShown,
  TELLING_ZONES,
} from './reference-calendar.fixture.js'
import { instantOf, isZone, wallTimeAt, zoneOffsetAt } from './zone.js'

const utc = (text: string) => parseISO(`${text}Z`).getTime()
const HOUR_MS = 3_600_000
const FROM = utc('2000-01-01T00:00:00')
const UNTIL = utc('2045-01-01T00:00:00')

const anyZone = fc.constantFrom(...Intl.supportedValuesOf('timeZone'), ...TELLING_ZONES)
const tellingZone = fc.constantFrom(...TELLING_ZONES)
const instant = fc.integer({ min: utc('1972-01-01T00:00:00'), max: utc('2150-01-01T00:00:00') })
const changes: readonly ReferenceChange[] = TELLING_ZONES.flatMap((zone) =>
  referenceChanges(zone, { from: FROM, until: UNTIL }),
)

describe('isZone', () => {
  it.each([
    ...TELLING_ZONES,
    'europe/oslo',
    'Asia/Calcutta',
    'Europe/Kyiv',
    'US/Eastern',
    'EST',
    'EST5EDT',
    'GMT',
    'utc',
  ])('knows %s', (name) => {
    expect(isZone(name)).toBe(true)
    expect(isZone(name)).toBe(true)
  })

  it.each([
    '',
    ' ',
    'Mars/Base',
    '+02:00',
    '-0800',
    'UTC+1',
    'GMT+5',
    'Europe/Oslo ',
    ' UTC',
    'constructor',
    '__proto__',
    'Etc/Unknown',
  ])('does not know %j', (name) => {
    expect(isZone(name)).toBe(false)
    expect(isZone(name)).toBe(false)
  })

  it.each(['BST', 'IST', 'PST', 'CST', 'JST', 'ACT'])('does not guess what the abbreviation %s means', (name) => {
    expect(isZone(name)).toBe(false)
  })

  it('tells look-alike letters apart, whatever it was asked before', () => {
    expect(isZone('Asia/Tokyo')).toBe(true)
    expect(isZone('Asia/To\u212ayo')).toBe(false)
  })

  it('knows every zone the platform lists, and survives any number of others', () => {
    for (const name of Intl.supportedValuesOf('timeZone')) expect(isZone(name)).toBe(true)
    for (let no = 0; no < 2_500; no += 1) expect(isZone(`Nowhere/Town_${no}`)).toBe(false)
    expect(isZone('Europe/Oslo')).toBe(true)
  })
})

describe('zoneOffsetAt', () => {
  it.each([
    ['Asia/Kathmandu', '2024-01-01T00:00:00', 5.75],
    ['Pacific/Chatham', '2024-01-01T00:00:00', 13.75],
    ['Pacific/Chatham', '2024-07-01T00:00:00', 12.75],
    ['Australia/Lord_Howe', '2024-01-01T00:00:00', 11],
    ['Australia/Lord_Howe', '2024-07-01T00:00:00', 10.5],
    ['Africa/Casablanca', '2024-03-01T00:00:00', 1],
    ['Africa/Casablanca', '2024-03-20T00:00:00', 0],
    ['America/St_Johns', '2024-01-01T00:00:00', -3.5],
    ['Africa/Monrovia', '1971-01-01T00:00:00', -44.5 / 60],
    ['Pacific/Kiritimati', '2024-01-01T00:00:00', 14],
    ['Etc/GMT+12', '2024-01-01T00:00:00', -12],
  ])('of %s at %s is %d hours', (zone, at, hours) => {
    expect(zoneOffsetAt(zone, utc(at))).toBe(hours * HOUR_MS)
  })

  it('answers at both ends of the range of dates', () => {
    expect(zoneOffsetAt('Asia/Tokyo', LAST_INSTANT)).toBe(9 * HOUR_MS)
    expect(zoneOffsetAt('Asia/Tokyo', LAST_INSTANT + 1)).toBe(9 * HOUR_MS)
    expect(zoneOffsetAt('UTC', -LAST_INSTANT - 1)).toBe(0)
  })

  it('refuses a zone it does not know', () => {
    expect(() => zoneOffsetAt('Mars/Base', 0)).toThrow('"Mars/Base" is not an IANA time zone')
  })
})

describe('wallTimeAt', () => {
  it('shows in every zone what Intl shows', () => {
    fc.assert(
      fc.property(anyZone, instant, (zone, at) => {
        expect(wallTimeAt(zone, at)).toBe(referenceShown(zone, at))
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('instantOf', () => {
  it('leads back to the instant, or to an earlier one that shows the same', () => {
    fc.assert(
      fc.property(anyZone, instant, (zone, at) => {
        const shown = wallTimeAt(zone, at)
        const back = instantOf(zone, shown)
        expect(back).toBeLessThanOrEqual(at)
        expect(wallTimeAt(zone, back)).toBe(shown)
      }),
      { numRuns: 5_000 },
    )
  })

  it('agrees with a search through three days', () => {
    fc.assert(
      fc.property(tellingZone, instant, (zone, wallTime) => {
        expect(instantOf(zone, wallTime)).toBe(referenceInstantOf(zone, wallTime))
      }),
      { numRuns: 150 },
    )
  })

  it('agrees with the search around changes of clocks, ahead and back', () => {
    const around = fc.integer({ min: -26 * HOUR_MS, max: 26 * HOUR_MS })
    fc.assert(
      fc.property(fc.constantFrom(...changes), around, (change, distance) => {
        const wallTime = change.at + change.offsetBefore + distance
        expect(instantOf(change.zone, wallTime)).toBe(referenceInstantOf(change.zone, wallTime))
      }),
      { numRuns: 300 },
    )
  })

  it('shifts every gap forward by its length', () => {
    const gaps = changes.filter(({ offsetBefore, offsetAfter }) => offsetAfter > offsetBefore)
    expect(gaps.length).toBeGreaterThan(500)
    fc.assert(
      fc.property(
        fc.constantFrom(...gaps),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (gap, share) => {
          const length = gap.offsetAfter - gap.offsetBefore
          const wallTime = gap.at + gap.offsetBefore + Math.floor(share * length)
          expect(wallTimeAt(gap.zone, instantOf(gap.zone, wallTime))).toBe(wallTime + length)
        },
      ),
      { numRuns: 1_000 },
    )
  })

  it('takes the first occurrence in every overlap', () => {
    const overlaps = changes.filter(({ offsetBefore, offsetAfter }) => offsetAfter < offsetBefore)
    expect(overlaps.length).toBeGreaterThan(500)
    fc.assert(
      fc.property(
        fc.constantFrom(...overlaps),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (one, share) => {
          const wallTime = one.at + one.offsetAfter + Math.floor(share * (one.offsetBefore - one.offsetAfter))
          const first = instantOf(one.zone, wallTime)
          expect(first).toBeLessThan(one.at)
          expect(wallTimeAt(one.zone, first)).toBe(wallTime)
        },
      ),
      { numRuns: 1_000 },
    )
  })

  it.each([
    ['Europe/Berlin', 'gap', '2024-03-31T02:30:00', '2024-03-31T01:30:00'],
    ['Europe/Berlin', 'overlap', '2024-10-27T02:30:00', '2024-10-27T00:30:00'],
    ['America/New_York', 'gap', '2024-03-10T02:00:00', '2024-03-10T07:00:00'],
    ['Australia/Lord_Howe', 'gap of half an hour', '2024-10-06T02:15:00', '2024-10-05T15:45:00'],
    ['Australia/Lord_Howe', 'overlap of half an hour', '2024-04-07T01:45:00', '2024-04-06T14:45:00'],
    ['Pacific/Apia', 'skipped day', '2011-12-30T12:00:00', '2011-12-30T22:00:00'],
    ['Pacific/Apia', 'day before it', '2011-12-29T23:59:59', '2011-12-30T09:59:59'],
    ['Pacific/Apia', 'day after it', '2011-12-31T00:00:00', '2011-12-30T10:00:00'],
    ['Pacific/Chatham', 'gap', '2024-09-29T03:00:00', '2024-09-28T14:15:00'],
    ['Asia/Kathmandu', 'plain time', '2024-01-24T16:10:08', '2024-01-24T10:25:08'],
    ['Africa/Casablanca', 'end of Ramadan', '2024-04-14T02:30:00', '2024-04-14T02:30:00'],
    ['America/Havana', 'midnight that is skipped', '2024-03-10T00:00:00', '2024-03-10T05:00:00'],
  ])('in %s: %s', (zone, _, wallTime, expected) => {
    expect(instantOf(zone, utc(wallTime))).toBe(utc(expected))
  })

  it('is a number at both ends of the range of dates', () => {
    expect(instantOf('Asia/Tokyo', LAST_INSTANT)).toBe(LAST_INSTANT - 9 * HOUR_MS)
    expect(instantOf('UTC', -LAST_INSTANT)).toBe(-LAST_INSTANT)
  })
})
