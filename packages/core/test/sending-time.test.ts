import { memoryStorage } from '@broadside/memory'
import { describe, expect, it } from 'vitest'
import type { SendOutcome } from '../src/index.js'
import { members, recipients, SENDING, sourceOf, transitionsOf } from './sending-support.js'
import { bench, recorder, START } from './support.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const never = (): Promise<SendOutcome> => new Promise(() => undefined)

describe("recipients' own zones", () => {
  const people = [
    { email: 'tokyo@example.com', timeZone: 'Asia/Tokyo' },
    { email: 'oslo@example.com', timeZone: 'Europe/Oslo' },
    { email: 'berlin@example.com', timeZone: 'Europe/Berlin' },
    { email: 'new-york@example.com', timeZone: 'America/New_York' },
    { email: 'nowhere@example.com', timeZone: 'Moon/Tranquility' },
  ]
  // It is 12:00 in UTC: 21:00 in Tokyo, 13:00 in Oslo, 07:00 in New York.
  const at = '2026-01-15 18:00:00'

  async function sentBy(pastPolicy: 'sendNow' | 'skip' | 'nextDay', hours: number): Promise<Record<string, number>> {
    const times: Record<string, number> = {}
    const provider = recorder()
    const { broadside, clock } = await bench({
      providers: [
        {
          ...provider,
          send: async ({ address }) => {
            times[address.split('@')[0] ?? ''] = (clock.now() - START) / HOUR
            return { type: 'sent' }
          },
        },
      ],
    })
    const schedule = { type: 'absolute', at, scheduleType: 'contactTZ', pastPolicy } as const
    const sending = await broadside.sendings.create({ ...SENDING, recipients: people, schedule })
    await clock.advance(hours * HOUR)
    expect((await sending.info()).status).toBe('transmitted')
    await broadside.close()
    return times
  }

  it('become waves, each at its instant; what has passed goes now', async () => {
    expect(await sentBy('sendNow', 12)).toEqual({ tokyo: 0, oslo: 5, berlin: 5, nowhere: 6, 'new-york': 11 })
  })

  it('leave out what has passed, or wait for the next day, if told', async () => {
    expect(await sentBy('skip', 12)).toEqual({ oslo: 5, berlin: 5, nowhere: 6, 'new-york': 11 })
    expect(await sentBy('nextDay', 22)).toEqual({ oslo: 5, berlin: 5, nowhere: 6, 'new-york': 11, tokyo: 21 })
  })

  it('are paused and cancelled between waves', async () => {
    const provider = recorder()
    const { broadside, clock } = await bench({ providers: [provider] })
    const schedule = { type: 'absolute', at, scheduleType: 'contactTZ' } as const
    const sending = await broadside.sendings.create({ ...SENDING, recipients: people, schedule })
    await clock.advance(5.5 * HOUR)
    expect(provider.sent).toHaveLength(3)
    await sending.pause()
    await clock.advance(HOUR)
    expect(provider.sent).toHaveLength(3)
    await sending.resume()
    await clock.advance(MINUTE)
    expect(provider.sent).toHaveLength(4)
    expect(await sending.cancel()).toMatchObject({ counters: { enqueued: 4, cancelled: 1 } })
    await clock.advance(12 * HOUR)
    expect(provider.sent).toHaveLength(4)
    await broadside.close()
  })

  it('do not count the time between waves as time without progress', async () => {
    const { broadside, clock } = await bench()
    const schedule = { type: 'absolute', at, scheduleType: 'contactTZ' } as const
    const sending = await broadside.sendings.create({
      ...SENDING,
      recipients: people,
      schedule,
      failAfter: '10 minutes',
    })
    await clock.advance(12 * HOUR)
    expect(await sending.info()).toMatchObject({ status: 'transmitted', counters: { enqueued: 5 } })
    await broadside.close()
  })

  it('are planned beforehand', async () => {
    const { broadside } = await bench()
    const schedule = { type: 'absolute', at, scheduleType: 'contactTZ', pastPolicy: 'skip' } as const
    const sending = await broadside.sendings.create({
      ...SENDING,
      recipients: [...people, { push: 'token' }].slice(0, 5),
      schedule,
      draft: true,
      rate: { limit: 1, intervalMs: MINUTE },
    })
    const plan = await sending.plan()
    expect(plan.waves.map(({ dueAt = 0, recipients: count }) => [(dueAt - START) / HOUR, count])).toEqual([
      [5, 2],
      [6, 1],
      [11, 1],
    ])
    expect(plan).toMatchObject({
      recipients: 4,
      byChannel: { email: 4 },
      leftOut: { PAST_IN_ZONE: 1 },
      fitsDeadline: true,
    })
    await broadside.close()
  })
})

describe('the plan', () => {
  it('counts audience and recipients by channel, says what is left out, and whether the deadline is met', async () => {
    const source = sourceOf([...members(10), { id: 'x' }, { id: 'twice', email: 'person0@example.com' }])
    const sms = recorder({ name: 'text', channel: 'sms' })
    const { broadside, clock } = await bench({ audienceSource: source, providers: [recorder(), sms] })
    const sending = await broadside.sendings.create({
      message: SENDING.message,
      audience: { type: 'all' },
      recipients: [...recipients(2), { msisdn: '4740769126' }],
      rate: { limit: 1, intervalMs: MINUTE },
      deadline: { after: '5 minutes' },
    })
    const plan = await sending.plan({ schedule: { type: 'relative', in: '1 hour' } })
    expect(plan).toMatchObject({
      recipients: 13,
      byChannel: { email: 12, sms: 1 },
      fitsDeadline: false,
    })
    expect(plan.leftOut).toEqual({ NO_ADDRESS: 1 })
    expect(plan.durationMs).toBe(12 * MINUTE)
    expect(clock.pendingTimers).toBe(0)
    await broadside.close()
  })
})

describe('running out of time', () => {
  it('a deadline ends it, and what has not gone out is expired', async () => {
    const provider = recorder({ limits: { rate: { limit: 1, intervalMs: MINUTE } } })
    const { broadside, clock } = await bench({ providers: [provider] })
    const told = transitionsOf(broadside)
    const sending = await broadside.sendings.create({
      ...SENDING,
      recipients: recipients(5),
      schedule: { type: 'immediate' },
      failAfter: null,
      deadline: new Date(START + 10 * MINUTE).toISOString(),
    })
    await clock.advance(2.5 * MINUTE)
    await sending.pause()
    await clock.advance(HOUR)
    expect((await sending.info()).status).toBe('paused')
    await sending.resume()
    await clock.advance(1_000)
    const info = await sending.info()
    expect(info).toMatchObject({ status: 'failed', counters: { enqueued: 3, expired: 2 } })
    expect(info.reason).toMatch(/deadline/)
    expect(told.at(-1)).toBe('failed')
    await broadside.close()
  })

  it('a deadline counted from the last due instant is put off by a pause', async () => {
    const provider = recorder({ limits: { rate: { limit: 1, intervalMs: MINUTE } } })
    const { broadside, clock } = await bench({ providers: [provider] })
    const sending = await broadside.sendings.create({
      ...SENDING,
      recipients: recipients(4),
      schedule: { type: 'immediate' },
      deadline: { after: '10 minutes' },
    })
    await clock.advance(10)
    await sending.pause()
    await clock.advance(HOUR)
    await sending.resume()
    await clock.advance(9 * MINUTE)
    expect((await sending.info()).status).toBe('transmitted')
    await broadside.close()
  })

  it('time without progress ends it', async () => {
    const provider = recorder({ answer: never })
    const { broadside, clock } = await bench({
      providers: [provider],
      tuning: { sendTimeoutMs: 24 * HOUR, closeTimeoutMs: 1 },
    })
    const sending = await broadside.sendings.create({
      ...SENDING,
      recipients: recipients(50),
      schedule: { type: 'immediate' },
    })
    await clock.advance(19 * MINUTE)
    expect((await sending.info()).status).toBe('transmitting')
    await clock.advance(2 * MINUTE)
    expect(await sending.info()).toMatchObject({ status: 'failed', reason: expect.stringMatching(/20 minutes/) })
    const closed = broadside.close().catch(() => undefined)
    await clock.advance(100)
    await closed
  })

  it('time in which nobody looked does not', async () => {
    const provider = recorder({ limits: { rate: { limit: 1, intervalMs: 10 * MINUTE } } })
    const { broadside, clock } = await bench({ providers: [provider] })
    const sending = await broadside.sendings.create({
      ...SENDING,
      recipients: recipients(3),
      schedule: { type: 'immediate' },
    })
    await clock.advance(1_000)
    await clock.jumpTo(START + 8 * HOUR)
    await clock.advance(HOUR)
    expect((await sending.info()).status).toBe('transmitted')
    await broadside.close()
  })

  it('a sending that was missed is sent when somebody is back, once, or fails if it says so', async () => {
    const storage = memoryStorage()
    const { broadside: web, clock } = await bench({ storage, dispatch: false })
    const base = { ...SENDING, recipients: recipients(2), schedule: { type: 'relative', in: '1 hour' } as const }
    const late = await web.sendings.create(base)
    const tooLate = await web.sendings.create({ ...base, onMissed: 'fail' })
    await clock.advance(3 * HOUR)
    const provider = recorder()
    const { broadside: worker } = await bench({ storage, clock, providers: [provider] })
    await clock.advance(1_000)
    expect((await late.info()).status).toBe('transmitted')
    expect(await tooLate.info()).toMatchObject({ status: 'failed', reason: expect.stringMatching(/missed/) })
    expect(provider.sent).toHaveLength(2)
    await worker.close()
    await web.close()
  })

  it('an audience source that fails is asked again, and ends the sending in time', async () => {
    let isBroken = true
    const audienceSource = {
      async *resolve() {
        yield* members(3)
        if (isBroken) throw new Error('no connection')
      },
    }
    const { broadside, clock } = await bench({ audienceSource })
    const trouble: string[] = []
    broadside.on('sending:trouble', ({ error }) => trouble.push(error.code))
    const input = { ...SENDING, audience: { type: 'all' } as const, schedule: { type: 'immediate' } as const }
    const first = await broadside.sendings.create(input)
    await clock.advance(10 * MINUTE)
    expect(await first.info()).toMatchObject({ status: 'preparing', counters: { received: 3 } })
    isBroken = false
    await clock.advance(MINUTE)
    expect(await first.info()).toMatchObject({ status: 'transmitted', counters: { enqueued: 3 } })
    expect(new Set(trouble)).toEqual(new Set(['AUDIENCE_SOURCE_FAILED']))
    isBroken = true
    const second = await broadside.sendings.create(input)
    await clock.advance(25 * MINUTE)
    expect(await second.info()).toMatchObject({ status: 'failed', counters: { expired: 3 } })
    await broadside.close()
  })
})
