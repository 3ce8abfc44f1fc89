import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { planSending } from './sending-plan.js'

const HOUR_MS = 3_600_000
const SECOND_MS = 1_000

const group = fc.record({
  channel: fc.constantFrom('email', 'sms', '__proto__'),
  dueAt: fc.integer({ min: 0, max: 20_000 }),
  recipients: fc.integer({ min: 0, max: 200 }),
})
const rate = fc.record({ limit: fc.integer({ min: 1, max: 20 }), intervalMs: fc.integer({ min: 1, max: 500 }) })

describe('planSending', () => {
  it('of one wave takes as long as the limit says', () => {
    const groups = [{ channel: 'email', dueAt: HOUR_MS, recipients: 36_001 }]
    const plan = planSending({ groups, rate: { limit: 10, intervalMs: SECOND_MS }, deadlineAt: 2 * HOUR_MS, now: 0 })
    expect(plan).toEqual({
      recipients: 36_001,
      byChannel: { email: 36_001 },
      waves: [
        {
          dueAt: HOUR_MS,
          recipients: 36_001,
          byChannel: { email: 36_001 },
          startsAt: HOUR_MS,
          endsAt: 2 * HOUR_MS,
          durationMs: HOUR_MS,
        },
      ],
      endsAt: 2 * HOUR_MS,
      durationMs: HOUR_MS,
      fitsDeadline: true,
    })
    const late = planSending({
      groups,
      rate: { limit: 10, intervalMs: SECOND_MS },
      deadlineAt: 2 * HOUR_MS - 1,
      now: 0,
    })
    expect(late.fitsDeadline).toBe(false)
  })

  it('lets a wave wait for the one before it, when both are under one limit', () => {
    const groups = [
      { channel: 'email', dueAt: 5 * SECOND_MS, recipients: 50 },
      { channel: 'email', dueAt: 0, recipients: 100 },
    ]
    const { waves } = planSending({ groups, rate: { limit: 10, intervalMs: SECOND_MS }, now: 0 })
    expect(waves.map(({ dueAt, startsAt, endsAt }) => [dueAt, startsAt, endsAt])).toEqual([
      [0, 0, 9 * SECOND_MS],
      [5 * SECOND_MS, 10 * SECOND_MS, 14 * SECOND_MS],
    ])
  })

  it('has each channel at its provider’s limit', () => {
    const groups = [
      { channel: 'email', dueAt: 0, recipients: 1_000 },
      { channel: 'sms', dueAt: 0, recipients: 10 },
    ]
    const channelRates = new Map([['sms', { limit: 1, intervalMs: SECOND_MS }]])
    const plan = planSending({ groups, channelRates, now: 0 })
    expect(plan).toMatchObject({ recipients: 1_010, byChannel: { email: 1_000, sms: 10 }, endsAt: 9 * SECOND_MS })
    const both = planSending({ groups, channelRates, rate: { limit: 100, intervalMs: SECOND_MS }, now: 0 })
    expect(both.endsAt).toBe(10 * SECOND_MS)
  })

  it('starts what is overdue now', () => {
    const plan = planSending({ groups: [{ channel: 'email', dueAt: 5, recipients: 1 }], now: 70 })
    expect(plan.waves).toMatchObject([{ dueAt: 5, startsAt: 70, endsAt: 70, durationMs: 0 }])
  })

  it('says of a wave that nobody knows the time of only how many it has and how long it takes', () => {
    const groups = [
      { channel: 'email', dueAt: undefined, recipients: 3 },
      { channel: 'email', dueAt: 5, recipients: 1 },
    ]
    const limits = { groups, rate: { limit: 1, intervalMs: SECOND_MS }, now: 0 }
    const plan = planSending(limits)
    expect(plan.waves).toMatchObject([
      { dueAt: 5, endsAt: 5 },
      { dueAt: undefined, startsAt: undefined, endsAt: undefined, recipients: 3, durationMs: 2 * SECOND_MS },
    ])
    expect(plan).toMatchObject({ recipients: 4, endsAt: undefined, durationMs: undefined, fitsDeadline: true })
    expect(planSending({ ...limits, deadlineAt: 10 ** 9 }).fitsDeadline).toBeUndefined()
    expect(planSending({ ...limits, deadlineAt: 4 }).fitsDeadline).toBe(false)
  })

  it('of nobody is empty, and fits every deadline', () => {
    const empty = { recipients: 0, byChannel: {}, waves: [], endsAt: undefined, durationMs: 0, fitsDeadline: true }
    expect(planSending({ groups: [], deadlineAt: 0, now: 1 })).toEqual(empty)
    expect(planSending({ groups: [{ channel: 'email', dueAt: 5, recipients: 0 }], now: 1 })).toEqual(empty)
  })

  it('counts everybody once, starts nobody early, and is no faster for another limit', () => {
    const channelRates = fc
      .array(fc.tuple(fc.constantFrom('email', 'sms', '__proto__'), rate))
      .map((all) => new Map(all))
    fc.assert(
      fc.property(fc.array(group), fc.option(rate, { nil: undefined }), channelRates, (groups, limit, rates) => {
        const now = 5_000
        const plan = planSending({ groups, rate: limit, channelRates: rates, now })
        const total = groups.reduce((sum, { recipients }) => sum + recipients, 0)
        expect(plan.recipients).toBe(total)
        expect(Object.values(plan.byChannel).reduce((sum, count) => sum + count, 0)).toBe(total)
        expect(plan.waves.reduce((sum, { recipients }) => sum + recipients, 0)).toBe(total)
        for (const wave of plan.waves) {
          expect(wave.startsAt).toBeGreaterThanOrEqual(Math.max(now, wave.dueAt ?? 0))
          expect(wave.endsAt ?? 0).toBeGreaterThanOrEqual(wave.startsAt ?? Number.NaN)
          expect(Object.values(wave.byChannel).reduce((sum, count) => sum + count, 0)).toBe(wave.recipients)
        }
        const free = planSending({ groups, rate: limit, now })
        expect(plan.endsAt ?? 0).toBeGreaterThanOrEqual(free.endsAt ?? 0)
      }),
      { numRuns: 500 },
    )
  })
})
