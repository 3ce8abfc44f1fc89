import { describe, expect, it } from 'vitest'
import { members, recipients, SENDING, sourceOf, transitionsOf } from './sending-support.js'
import { bench, recorder, START } from './support.js'

const HOUR = 3_600_000

describe('a sending', () => {
  it('goes at once when its schedule says so', async () => {
    const provider = recorder()
    const { broadside, clock } = await bench({ providers: [provider] })
    const told = transitionsOf(broadside)
    const sending = await broadside.sendings.create({
      ...SENDING,
      recipients: recipients(3),
      properties: { season: 'winter' },
      schedule: { type: 'immediate' },
    })
    expect((await sending.info()).status).toBe('pending')
    await clock.advance(1_000)
    expect(await sending.info()).toMatchObject({ status: 'transmitted', counters: { received: 3, enqueued: 3 } })
    expect(
      provider.sent.map(({ address, content, sendingId }) => [address, content.subject, content.html, sendingId]),
    ).toEqual(recipients(3).map(({ email }) => [email, 'Hello', '<p>There</p>', sending.id]))
    expect(told).toEqual(['created', 'pending', 'preparing', 'prepared', 'transmitting', 'transmitted'])
    await broadside.close()
  })

  it('wakes the engine at its instant, by one timer', async () => {
    const provider = recorder()
    const { broadside, clock } = await bench({ providers: [provider] })
    const schedule = { type: 'relative', in: '1 day' } as const
    const sending = await broadside.sendings.create({ ...SENDING, recipients: recipients(2), schedule })
    await clock.advance(1_000)
    expect([(await sending.info()).status, clock.pendingTimers]).toEqual(['scheduled', 1])
    await clock.advance(24 * HOUR - 1_001)
    expect([(await sending.info()).status, clock.pendingTimers]).toEqual(['scheduled', 1])
    await clock.advance(1)
    expect(provider.sent).toHaveLength(2)
    // A timer for the end of its lease, which has ended before, is still there for a while.
    await clock.advance(60_000)
    expect([(await sending.info()).status, clock.pendingTimers]).toEqual(['transmitted', 0])
    await broadside.close()
  })

  it('has its items ready before it is due when it is prescheduled', async () => {
    const provider = recorder()
    const { broadside, clock } = await bench({ providers: [provider] })
    const schedule = { type: 'absolute', at: new Date(START + HOUR).toISOString(), prescheduled: true } as const
    const sending = await broadside.sendings.create({ ...SENDING, recipients: recipients(2), schedule })
    await clock.advance(HOUR - 300_000)
    expect(await sending.info()).toMatchObject({ status: 'prepared', counters: { pending: 2 } })
    await clock.advance(299_999)
    expect(provider.sent).toHaveLength(0)
    await clock.advance(1)
    expect(provider.sent).toHaveLength(2)
    await clock.advance(1_000)
    expect((await sending.info()).status).toBe('transmitted')
    await broadside.close()
  })

  it('goes to audience and recipients, and to nobody twice', async () => {
    const provider = recorder()
    const source = sourceOf([
      ...members(4, { properties: { name: 'of the member' } }),
      { id: 'same address', email: 'PERSON0@example.com' },
      { id: 'no address' },
    ])
    const { broadside, clock } = await bench({ providers: [provider], audienceSource: source })
    const sending = await broadside.sendings.create({
      ...SENDING,
      audience: { type: 'reference', name: 'all of them' },
      recipients: [{ email: 'person0@example.com' }, { member_id: 2, properties: { name: 'inline' } }],
      schedule: { type: 'immediate' },
    })
    await clock.advance(1_000)
    expect(provider.sent.map(({ address }) => address).sort()).toEqual([
      'member0@example.com',
      'member1@example.com',
      'member2@example.com',
      'member3@example.com',
      'person0@example.com',
    ])
    expect(source.resolved).toEqual([{ type: 'reference', name: 'all of them' }])
    expect(await sending.info()).toMatchObject({
      status: 'transmitted',
      counters: { received: 6, enqueued: 5, skipped: 1 },
    })
    const { items } = await sending.items()
    expect(items.find(({ recipient }) => recipient === '2')?.data).toEqual({ name: 'inline' })
    expect(items.find(({ recipient }) => recipient === 'no address')).toMatchObject({
      status: 'skipped',
      code: 'NO_ADDRESS',
    })
    await broadside.close()
  })

  it('is skipped when nobody could be resolved', async () => {
    const { broadside, clock } = await bench({ audienceSource: sourceOf([]) })
    const sending = await broadside.sendings.create({
      ...SENDING,
      audience: { type: 'all' },
      schedule: { type: 'immediate' },
    })
    await clock.advance(1_000)
    const { status, finishedAt } = await sending.info()
    expect([status, finishedAt]).toEqual(['skipped', START])
    await broadside.close()
  })

  it('survives a clock that is put forward, and one that is put back', async () => {
    const provider = recorder()
    const { broadside, clock } = await bench({ providers: [provider] })
    const schedule = { type: 'relative', in: '6 hours' } as const
    const first = await broadside.sendings.create({ ...SENDING, recipients: recipients(1), schedule })
    await clock.advance(1_000)
    await clock.jumpTo(START + 7 * HOUR)
    await clock.advance(1_000)
    expect((await first.info()).status).toBe('transmitted')
    const second = await broadside.sendings.create({ ...SENDING, recipients: recipients(1), schedule })
    await clock.jumpTo(START)
    await clock.advance(12 * HOUR)
    expect((await second.info()).status).toBe('scheduled')
    await clock.advance(HOUR + 1_000)
    expect((await second.info()).status).toBe('transmitted')
    expect(provider.sent).toHaveLength(2)
    await broadside.close()
  })

  it('that has begun goes on while the clock is put back', async () => {
    const provider = recorder({ limits: { rate: { limit: 10, intervalMs: 1_000 } } })
    const { broadside, clock } = await bench({ providers: [provider] })
    const schedule = { type: 'immediate' } as const
    const sending = await broadside.sendings.create({ ...SENDING, recipients: recipients(100), schedule })
    await clock.advance(3_000)
    await clock.jumpTo(START - HOUR)
    await clock.advance(10_000)
    expect([(await sending.info()).status, provider.sent.length]).toEqual(['transmitted', 100])
    await broadside.close()
  })
})
