import { memoryStorage } from '@broadside/memory'
import { describe, expect, it } from 'vitest'
import type { AudienceSource } from '../src/index.js'
import { members, SENDING, sourceOf, stoppable, transitionsOf, withoutClose } from './sending-support.js'
import { bench, recorder } from './support.js'

const NOW = { audience: { type: 'all' }, schedule: { type: 'immediate' } } as const

/** A source that stands still at one member until it is told to go on. */
function haltingAt(list: ReturnType<typeof members>, at: number): AudienceSource & { goOn(): void } {
  let goOn = (): void => undefined
  const reached = new Promise<void>((resolve) => {
    goOn = resolve
  })
  return {
    goOn: () => goOn(),
    async *resolve() {
      for (const [i, member] of list.entries()) {
        if (i === at) await reached
        yield member
      }
    },
  }
}

describe('a sending whose engine died while it was prepared', () => {
  it.each([0, 999, 1_000, 1_500, 2_499])(
    'is prepared by another from the start, and nobody gets it twice (%i)',
    async (at) => {
      const list = members(2_500).map((member, i) => ({
        ...member,
        timeZone: ['Europe/Oslo', 'Asia/Tokyo', 'America/New_York'][i % 3],
      }))
      const storage = memoryStorage()
      const mortal = stoppable(storage)
      const { clock, broadside: dead } = await bench({ storage: mortal.storage, audienceSource: haltingAt(list, at) })
      const schedule = { type: 'absolute', at: '2026-01-15 23:00:00', scheduleType: 'contactTZ' } as const
      const sending = await dead.sendings.create({ ...SENDING, ...NOW, schedule })
      await clock.advance(20)
      mortal.freeze()
      const provider = recorder()
      const heir = await bench({ storage, clock, audienceSource: sourceOf([...list].reverse()), providers: [provider] })
      const told = transitionsOf(heir.broadside)
      await clock.advance(29_000)
      expect((await heir.broadside.sendings.info(sending.id)).status).toBe('preparing')
      await clock.advance(24 * 3_600_000)
      expect(await heir.broadside.sendings.info(sending.id)).toMatchObject({
        status: 'transmitted',
        counters: { received: 2_500, enqueued: 2_500 },
      })
      expect(new Set(provider.sent.map(({ address }) => address)).size).toBe(2_500)
      expect(provider.sent).toHaveLength(2_500)
      expect(told).toEqual(['prepared', 'transmitting', 'transmitted'])
      await heir.broadside.close()
    },
  )

  it('is not disturbed by that engine when it comes back', async () => {
    const list = members(1_500)
    const storage = memoryStorage()
    const frozen = stoppable(storage)
    const late = recorder()
    const source = haltingAt(list, 1_200)
    const { clock, broadside: first } = await bench({
      storage: frozen.storage,
      audienceSource: source,
      providers: [late],
    })
    const toldLate = transitionsOf(first)
    const sending = await first.sendings.create({ ...SENDING, ...NOW })
    await clock.advance(20)
    frozen.freeze()
    source.goOn()
    const provider = recorder()
    const { broadside: second } = await bench({ storage, clock, audienceSource: sourceOf(list), providers: [provider] })
    await clock.advance(60_000)
    expect((await second.sendings.info(sending.id)).status).toBe('transmitted')
    frozen.thaw()
    await clock.advance(60_000)
    expect(provider.sent.length + late.sent.length).toBe(1_500)
    expect(toldLate).toEqual(['created', 'pending', 'preparing'])
    expect(await first.sendings.info(sending.id)).toMatchObject({
      status: 'transmitted',
      counters: { received: 1_500 },
    })
    await first.close()
    await second.close()
  })
})

describe('several engines', () => {
  it('never prepare the same sending', async () => {
    const storage = memoryStorage()
    const provider = recorder()
    const source = sourceOf(members(20))
    const one = await bench({ storage, providers: [provider], audienceSource: source })
    const others = await Promise.all(
      [1, 2].map(() => bench({ storage, clock: one.clock, providers: [provider], audienceSource: source })),
    )
    const engines = [one, ...others]
    const told = engines.map(({ broadside }) => transitionsOf(broadside))
    const schedule = { type: 'relative', in: '1 hour' } as const
    for (let i = 0; i < 30; i++) await one.broadside.sendings.create({ ...SENDING, ...NOW, schedule })
    await one.clock.advance(3_600_000 + 60_000)
    const counts = ['preparing', 'prepared', 'transmitting', 'transmitted'].map(
      (name) => told.flat().filter((event) => event === name).length,
    )
    expect(counts).toEqual([30, 30, 30, 30])
    expect(source.resolved).toHaveLength(30)
    expect(provider.sent).toHaveLength(600)
    for (const { broadside } of engines) await broadside.close()
  })

  it('hear of a pause by another while they prepare', async () => {
    const storage = memoryStorage()
    const source = haltingAt(members(1_500), 1_200)
    const { clock, broadside: worker } = await bench({ storage, audienceSource: source })
    const { broadside: web } = await bench({ storage, clock, dispatch: false })
    const sending = await web.sendings.create({ ...SENDING, ...NOW })
    await clock.advance(20)
    await sending.pause()
    source.goOn()
    await clock.advance(60_000)
    expect(await sending.info()).toMatchObject({ status: 'paused', pausedFrom: 'preparing' })
    await sending.cancel()
    expect(await sending.info()).toMatchObject({ status: 'cancelled' })
    await worker.close()
    await web.close()
  })

  it('take over at once what another gave back when it closed', async () => {
    const storage = memoryStorage()
    const { clock, broadside: first } = await bench({
      storage: withoutClose(storage),
      audienceSource: haltingAt(members(10), 5),
    })
    const sending = await first.sendings.create({ ...SENDING, ...NOW })
    await clock.advance(20)
    await first.close()
    const { broadside: second } = await bench({ storage, clock, audienceSource: sourceOf(members(10)) })
    await clock.advance(1_000)
    expect(await second.sendings.info(sending.id)).toMatchObject({ status: 'transmitted', counters: { enqueued: 10 } })
    await second.close()
  })

  it('leave a sending to those that carry its channel', async () => {
    const storage = memoryStorage()
    const { clock, broadside: web } = await bench({ storage, dispatch: false })
    const { broadside: unfit } = await bench({
      storage,
      clock,
      providers: [recorder({ name: 'text', channel: 'sms' })],
    })
    const told: string[] = []
    unfit.on('sending:unfit', ({ error }) => told.push(error.code))
    const sending = await web.sendings.create({
      ...SENDING,
      recipients: [{ email: 'a@b.no' }],
      schedule: { type: 'immediate' },
    })
    await clock.advance(60_000)
    expect([(await sending.info()).status, told]).toEqual(['pending', ['CHANNEL_NOT_AVAILABLE']])
    const { broadside: fit } = await bench({ storage, clock })
    await clock.advance(1_000)
    expect((await sending.info()).status).toBe('transmitted')
    for (const engine of [fit, unfit, web]) await engine.close()
  })
})
