import { describe, expect, it } from 'vitest'
import type { Member } from '../src/index.js'
import { experiments, members, SENDING } from './sending-support.js'
import { bench, recorder, START } from './support.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

describe('a reread that is begun anew', () => {
  it('does not lose count of whom it had added', async () => {
    let list: Member[] = members(100)
    let reads = 0
    const source = {
      async *resolve() {
        reads += 1
        yield* list
        if (reads === 2) await new Promise(() => {})
      },
    }
    const provider = recorder()
    const { broadside, clock } = await bench({ providers: [provider], audienceSource: source })
    const sending = await broadside.sendings.create({
      ...SENDING,
      audience: { type: 'all' },
      schedule: { type: 'immediate' },
      onResume: 'reresolve',
      experiments: experiments({ pickedBy: 'hand' }),
    })
    await clock.advance(MINUTE)
    await sending.pause()
    list = members(1_000)
    await clock.advance(MINUTE)
    await sending.resume()
    await clock.advance(1_000) // a batch of newcomers is in, the source hangs
    await sending.pause()
    await clock.advance(MINUTE)
    await sending.resume()
    await clock.advance(MINUTE)
    await clock.advance(2 * HOUR)
    const { status, reason } = await sending.info()
    expect([status, reason]).toEqual(['transmitting', undefined])
    await broadside.close()
  })
})

describe('a sending that was paused over its first instant, and is read again', () => {
  it('still fails when nothing moves', async () => {
    const list: Member[] = members(120).map((one, i) => ({ ...one, timeZone: i % 2 ? 'Asia/Tokyo' : 'Europe/Oslo' }))
    const provider = recorder({ answer: () => ({ type: 'retryable', scope: 'provider', retryAfterMs: 5_000 }) })
    const { broadside, clock } = await bench({ providers: [provider], audienceSource: { resolve: () => list } })
    const sending = await broadside.sendings.create({
      ...SENDING,
      audience: { type: 'all' },
      onResume: 'reresolve',
      schedule: { type: 'absolute', at: '2026-01-16 09:00:00', scheduleType: 'contactTZ' },
    })
    await clock.advance(11 * HOUR)
    await sending.pause()
    await clock.advance(2 * HOUR)
    await sending.resume()
    await clock.advance(HOUR)
    const { status, reason } = await sending.info()
    await broadside.close()
    expect([status, reason]).toEqual(['failed', 'nothing has moved for 20 minutes'])
  }, 60_000)
})

describe('a reread, while a champion is picked by hand', () => {
  it('does not lose count of whom it had added', async () => {
    let list: Member[] = members(100)
    let reads = 0
    const source = {
      async *resolve() {
        reads += 1
        yield* list
        if (reads === 2) await new Promise(() => {})
      },
    }
    const { broadside, clock } = await bench({ audienceSource: source })
    const experiment = (name: string) => ({
      name,
      strategy: 'split-with-champion' as const,
      testShare: 0.3,
      variants: [{ name: 'a' }, { name: 'b' }],
      champion: { pickedBy: 'hand' as const },
    })
    const sending = await broadside.sendings.create({
      ...SENDING,
      audience: { type: 'all' },
      schedule: { type: 'immediate' },
      onResume: 'reresolve',
      experiments: [experiment('one'), experiment('two')],
    })
    await clock.advance(MINUTE)
    await sending.pause()
    list = members(1_000)
    await sending.resume()
    await clock.advance(1_000)
    await sending.pickChampion({ experiment: 'one', variant: 'a' })
    await clock.advance(2 * HOUR)
    const { status, reason } = await sending.info()
    await broadside.close()
    expect([status, reason]).toEqual(['transmitting', undefined])
  }, 60_000)
})
describe('a champion’s time', () => {
  it('does not count while the test group is held because the audience is read again', async () => {
    let reads = 0
    const source = {
      async *resolve() {
        reads += 1
        if (reads >= 2 && reads < 12) throw new Error('down')
        yield* members(200)
      },
    }
    const sentAt: number[] = []
    const asked: number[] = []
    const provider = recorder({
      limits: { rate: { limit: 1, intervalMs: 1_000 } },
      answer: () => {
        sentAt.push(clock.now())
        return { type: 'sent' }
      },
    })
    const { broadside, clock } = await bench({
      providers: [provider],
      audienceSource: source,
      pickChampion: () => {
        asked.push(clock.now())
        return 'loud'
      },
    })
    const sending = await broadside.sendings.create({
      ...SENDING,
      audience: { type: 'all' },
      schedule: { type: 'immediate' },
      onResume: 'reresolve',
      experiments: experiments({ pickedBy: 'function', after: '3 minutes' }),
    })
    await clock.advance(5_000)
    await sending.pause()
    await clock.advance(1_000)
    const resumedAt = clock.now()
    await sending.resume()
    await clock.advance(20 * MINUTE)
    const goesOn = sentAt.find((at) => at > resumedAt + 1_000) ?? 0
    expect((asked[0] ?? 0) - goesOn).toBeGreaterThan(2 * MINUTE)
    await broadside.close()
  })
})

describe('newcomers to a test group in a later zone', () => {
  it('are waited for', async () => {
    let list: Member[] = members(60, { timeZone: 'Asia/Tokyo' })
    const asked: number[] = []
    const sentAt = new Map<number, number>()
    const provider = recorder({
      answer: () => {
        const at = Math.floor((made.clock.now() - START) / HOUR)
        sentAt.set(at, (sentAt.get(at) ?? 0) + 1)
        return { type: 'sent' }
      },
    })
    const made = await bench({
      providers: [provider],
      audienceSource: { resolve: () => list },
      pickChampion: () => {
        asked.push((made.clock.now() - START) / HOUR)
        return 'loud'
      },
    })
    const { broadside, clock } = made
    const sending = await broadside.sendings.create({
      ...SENDING,
      audience: { type: 'all' },
      onResume: 'reresolve',
      schedule: { type: 'absolute', at: '2026-01-16 09:00:00', scheduleType: 'contactTZ' },
      experiments: experiments({ pickedBy: 'function', after: '4 hours' }),
    })
    await clock.advance(13 * HOUR)
    await sending.pause()
    list = [...list, ...members(120, { timeZone: 'America/New_York' }).slice(60)]
    await clock.advance(MINUTE)
    await sending.resume()
    await clock.advance(40 * HOUR)
    await broadside.close()
    expect(asked[0]).toBeGreaterThanOrEqual(30)
  })
})
