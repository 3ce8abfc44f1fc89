import { parseISO } from 'date-fns/parseISO'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PastPolicy } from '../model/schedule.js'
import {
  dueByZone,
  dueInZone,
  firstInstantOf,
  lastInstantOf,
  type RecipientZoneSchedule,
  recipientWaves,
} from './recipient-zone.js'
import { referenceInstantOf, TELLING_ZONES } from './reference-calendar.fixture.js'

const utc = (text: string) => parseISO(`${text}Z`).getTime()
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

const policy = fc.constantFrom<PastPolicy>('sendNow', 'skip', 'nextDay')
const zone = fc.constantFrom(...TELLING_ZONES, undefined, 'Mars/Base')
const schedule: fc.Arbitrary<RecipientZoneSchedule> = fc
  .record({
    wallTime: fc.integer({ min: utc('2000-01-01T00:00:00'), max: utc('2045-01-01T00:00:00') }),
    engineZone: fc.constantFrom(...TELLING_ZONES),
    /** From a day before the first zone's time to the last zone's time. */
    lead: fc.integer({ min: -38 * HOUR_MS, max: 12 * HOUR_MS }),
    pastPolicy: policy,
  })
  .map(({ lead, ...rest }) => ({ ...rest, scheduledAt: rest.wallTime + lead }))

const NINE = utc('2024-07-01T09:00:00')

function at(scheduledAt: string, pastPolicy: PastPolicy): RecipientZoneSchedule {
  return { wallTime: NINE, engineZone: 'Europe/Oslo', scheduledAt: utc(scheduledAt), pastPolicy }
}

describe('dueInZone', () => {
  it.each([
    ['Pacific/Kiritimati', '2024-06-30T19:00:00'],
    ['Asia/Kathmandu', '2024-07-01T03:15:00'],
    ['Australia/Lord_Howe', '2024-06-30T22:30:00'],
    ['Europe/London', '2024-07-01T08:00:00'],
    ['America/New_York', '2024-07-01T13:00:00'],
    ['Etc/GMT+12', '2024-07-01T21:00:00'],
    [undefined, '2024-07-01T07:00:00'],
    ['Mars/Base', '2024-07-01T07:00:00'],
    ['', '2024-07-01T07:00:00'],
    ['+05:30', '2024-07-01T07:00:00'],
  ])('in %s, nine o’clock is %s UTC', (own, expected) => {
    expect(dueInZone(at('2024-06-01T00:00:00', 'sendNow'), own)).toBe(utc(expected))
  })

  it.each<[PastPolicy, string, string | undefined]>([
    ['sendNow', 'Asia/Tokyo', '2024-07-01T12:00:00'],
    ['skip', 'Asia/Tokyo', undefined],
    ['nextDay', 'Asia/Tokyo', '2024-07-02T00:00:00'],
    ['nextDay', 'Pacific/Kiritimati', '2024-07-01T19:00:00'],
    ['sendNow', 'America/New_York', '2024-07-01T13:00:00'],
    ['skip', 'America/New_York', '2024-07-01T13:00:00'],
    ['nextDay', 'America/New_York', '2024-07-01T13:00:00'],
  ])('scheduled at noon UTC, %s makes it for %s: %s', (pastPolicy, own, expected) => {
    expect(dueInZone(at('2024-07-01T12:00:00', pastPolicy), own)).toBe(expected && utc(expected))
  })

  it('goes two days on where the next day has passed as well', () => {
    expect(dueInZone(at('2024-07-01T20:00:00', 'nextDay'), 'Pacific/Kiritimati')).toBe(utc('2024-07-02T19:00:00'))
  })

  it('does not count as passed what is due this very instant', () => {
    expect(dueInZone(at('2024-07-01T13:00:00', 'skip'), 'America/New_York')).toBe(utc('2024-07-01T13:00:00'))
    expect(dueInZone(at('2024-07-01T13:00:00.001', 'skip'), 'America/New_York')).toBeUndefined()
  })

  it('keeps nine o’clock on the next day when clocks change in between', () => {
    const eve: RecipientZoneSchedule = {
      wallTime: utc('2024-03-30T09:00:00'),
      engineZone: 'UTC',
      scheduledAt: utc('2024-03-30T12:00:00'),
      pastPolicy: 'nextDay',
    }
    expect(dueInZone(eve, 'Europe/Berlin')).toBe(utc('2024-03-31T07:00:00'))
  })

  it('follows the search through the calendar, and the policy for what had passed', () => {
    fc.assert(
      fc.property(schedule, zone, (sending, own) => {
        const named = own === undefined || own === 'Mars/Base' ? sending.engineZone : own
        const days = [0, 1, 2, 3].map((day) => referenceInstantOf(named, sending.wallTime + day * DAY_MS))
        const [first = Number.NaN] = days
        const passed = {
          sendNow: sending.scheduledAt,
          skip: undefined,
          nextDay: days.find((due) => due >= sending.scheduledAt),
        }
        const expected = first >= sending.scheduledAt ? first : passed[sending.pastPolicy]
        expect(dueInZone(sending, own)).toBe(expected)
      }),
      { numRuns: 150 },
    )
  })

  it('is never due before it was scheduled, nor outside of the span of all zones unless moved by the policy', () => {
    fc.assert(
      fc.property(schedule, zone, (sending, own) => {
        const dueAt = dueInZone(sending, own)
        if (dueAt === undefined) {
          expect(sending.pastPolicy).toBe('skip')
          return
        }
        expect(dueAt).toBeGreaterThanOrEqual(Math.max(sending.scheduledAt, firstInstantOf(sending.wallTime)))
        if (sending.pastPolicy !== 'nextDay') expect(dueAt).toBeLessThanOrEqual(lastInstantOf(sending.wallTime))
        else expect(dueAt).toBeLessThanOrEqual(lastInstantOf(sending.wallTime) + 2 * DAY_MS)
      }),
      { numRuns: 1_000 },
    )
  })

  it('finds the next day however long ago the first one was', () => {
    const old = { ...at('2034-07-01T12:00:00', 'nextDay'), wallTime: utc('1999-07-01T09:00:00') }
    expect(dueInZone(old, 'Asia/Tokyo')).toBe(utc('2034-07-02T00:00:00'))
    // Apia lost a day meanwhile.
    expect(dueInZone(old, 'Pacific/Apia')).toBe(utc('2034-07-01T20:00:00'))
  })
})

describe('dueByZone', () => {
  it('answers as dueInZone does, asked any number of times', () => {
    fc.assert(
      fc.property(schedule, fc.array(zone, { maxLength: 30 }), (sending, zones) => {
        const due = dueByZone(sending)
        for (const own of zones) expect(due(own)).toBe(dueInZone(sending, own))
      }),
    )
  })
})

describe('recipientWaves', () => {
  it('puts each zone once: into the wave of its instant, or among the skipped', () => {
    fc.assert(
      fc.property(schedule, fc.array(zone), (sending, zones) => {
        const { waves, skipped } = recipientWaves(sending, zones)
        const instants = waves.map(({ dueAt }) => dueAt)
        expect(instants).toEqual([...new Set(instants)].sort((a, b) => a - b))
        for (const { dueAt, zones: together } of waves) {
          for (const own of together) expect(dueInZone(sending, own)).toBe(dueAt)
        }
        for (const own of skipped) expect(dueInZone(sending, own)).toBeUndefined()
        const placed = [...waves.flatMap((wave) => wave.zones), ...skipped]
        expect(placed).toHaveLength(new Set(zones).size)
        expect(new Set(placed)).toEqual(new Set(zones))
      }),
      { numRuns: 300 },
    )
  })

  it('makes one wave of zones that share an offset, and of all whose time has passed', () => {
    const zones = ['Asia/Tokyo', 'Europe/Berlin', 'Europe/Paris', undefined, 'America/New_York', 'Asia/Kolkata']
    expect(recipientWaves(at('2024-06-01T00:00:00', 'sendNow'), zones).waves).toEqual([
      { dueAt: utc('2024-07-01T00:00:00'), zones: ['Asia/Tokyo'] },
      { dueAt: utc('2024-07-01T03:30:00'), zones: ['Asia/Kolkata'] },
      { dueAt: utc('2024-07-01T07:00:00'), zones: ['Europe/Berlin', 'Europe/Paris', undefined] },
      { dueAt: utc('2024-07-01T13:00:00'), zones: ['America/New_York'] },
    ])
    const late = at('2024-07-01T05:00:00', 'sendNow')
    expect(recipientWaves(late, zones).waves[0]).toEqual({
      dueAt: late.scheduledAt,
      zones: ['Asia/Tokyo', 'Asia/Kolkata'],
    })
    expect(recipientWaves({ ...late, pastPolicy: 'skip' }, zones).skipped).toEqual(['Asia/Tokyo', 'Asia/Kolkata'])
  })

  it('makes about forty waves of all zones there are', () => {
    const { waves } = recipientWaves(at('2024-06-01T00:00:00', 'sendNow'), Intl.supportedValuesOf('timeZone'))
    expect(waves.length).toBeGreaterThan(30)
    expect(waves.length).toBeLessThan(50)
  })

  it('is empty for nobody', () => {
    expect(recipientWaves(at('2024-06-01T00:00:00', 'skip'), [])).toEqual({ waves: [], skipped: [] })
  })
})
