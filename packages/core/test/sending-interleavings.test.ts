import { memoryStorage } from '@broadside/memory'
import { describe, expect, it } from 'vitest'
import {
  type AudienceSource,
  BroadsideError,
  type ManualClock,
  type Member,
  type SendingStorage,
  type Storage,
} from '../src/index.js'
import { members, recipients, SENDING, sourceOf, stoppable, withoutClose } from './sending-support.js'
import { bench, recorder, START } from './support.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const NOW = { type: 'immediate' } as const
const EVERYBODY = { audience: { type: 'all' }, schedule: NOW } as const

/** A storage that has other calls for sendings than it has. */
function withSendings(storage: Storage, calls: (sendings: SendingStorage) => Partial<SendingStorage>): Storage {
  const sendings = storage.sendings as SendingStorage
  const bound = Object.fromEntries(
    ['createSending', 'getSending', 'listSendings', 'changeSending', 'deleteSending', 'listDueSendings'].map((name) => {
      const call = sendings[name as keyof SendingStorage] as (params: unknown) => unknown
      return [name, call.bind(sendings)]
    }),
  ) as unknown as SendingStorage
  const instead = { ...bound, ...calls(bound) }
  return new Proxy(storage, {
    get(target, name) {
      if (name === 'sendings') return instead
      const member: unknown = Reflect.get(target, name)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
}

/** Answers each reading of the audience in turn; the last one again and again. */
function readings(...answers: (() => AsyncIterable<Member> | Iterable<Member>)[]): AudienceSource {
  let asked = 0
  return { resolve: () => (answers[Math.min(asked++, answers.length - 1)] as () => Iterable<Member>)() }
}

async function* hanging(): AsyncGenerator<Member> {
  await new Promise(() => undefined)
  yield* []
}

describe('an engine that died between the first message and the change that says so', () => {
  it.each([
    { deadline: { after: '20 minutes' } },
    { onMissed: 'fail' },
    { onMissed: 'fail', limits: { rate: { limit: 1, intervalMs: 10 * MINUTE } } },
  ] as const)('leaves a sending that another brings to its end: it was neither missed nor late (%j)', async (how) => {
    const { limits, ...says } = { limits: undefined, ...how }
    const storage = memoryStorage()
    let isLookingAway = false
    const blind = withSendings(storage, ({ listDueSendings }) => ({
      listDueSendings: async (params) => (isLookingAway ? { due: [] } : listDueSendings(params)),
    }))
    const mortal = stoppable(blind)
    const provider = recorder({ ...(limits && { limits }) })
    const { broadside: dead, clock } = await bench({ storage: mortal.storage, providers: [provider] })
    const schedule = { type: 'relative', in: '10 minutes', prescheduled: true } as const
    const sending = await dead.sendings.create({ ...SENDING, ...says, recipients: recipients(3), schedule })
    await clock.advance(9 * MINUTE)
    expect((await sending.info()).status).toBe('prepared')
    isLookingAway = true
    await clock.advance(MINUTE + 1_000)
    expect(provider.sent).toHaveLength(limits ? 1 : 3)
    mortal.freeze()
    await clock.advance(HOUR)
    const heir = await bench({ storage, clock, providers: [provider] })
    await clock.advance(HOUR)
    expect(await heir.broadside.sendings.info(sending.id)).toMatchObject({
      status: 'transmitted',
      counters: { enqueued: 3 },
    })
    await heir.broadside.close()
  })
})

describe('an audience that is read again', () => {
  const champion = (input: object) => ({
    ...SENDING,
    ...EVERYBODY,
    onResume: 'reresolve' as const,
    experiments: [
      {
        name: 'subject',
        strategy: 'split-with-champion' as const,
        testShare: 0.2,
        variants: [{ name: 'a' }, { name: 'b', headers: { subject: 'B' } }],
        champion: {},
      },
    ],
    ...input,
  })

  it('does not take back what a champion, picked meanwhile, lets go', async () => {
    let goOn = (): void => undefined
    const reached = new Promise<void>((resolve) => {
      goOn = resolve
    })
    const audienceSource = readings(
      () => members(50),
      async function* () {
        yield* members(50)
        await reached
      },
      () => {
        throw new BroadsideError('AUDIENCE_NOT_FOUND', 'It is gone.')
      },
    )
    const { broadside, clock } = await bench({ audienceSource })
    const sending = await broadside.sendings.create(champion({}))
    await clock.advance(MINUTE)
    await sending.pause()
    await sending.resume()
    await clock.advance(1)
    await sending.pickChampion({ experiment: 'subject', variant: 'b' })
    goOn()
    await clock.advance(5 * MINUTE)
    expect(await sending.info()).toMatchObject({ status: 'transmitted', counters: { enqueued: 50 } })
    await broadside.close()
  })

  it('and does not answer, does not hold a sending for ever', async () => {
    const provider = recorder({ limits: { rate: { limit: 1, intervalMs: MINUTE } } })
    const { broadside, clock } = await bench({
      audienceSource: readings(() => members(5), hanging),
      providers: [provider],
    })
    const sending = await broadside.sendings.create({ ...SENDING, ...EVERYBODY, onResume: 'reresolve' })
    await clock.advance(MINUTE)
    await sending.pause()
    await sending.resume()
    await clock.advance(19 * MINUTE)
    expect((await sending.info()).status).toBe('transmitting')
    await clock.advance(5 * MINUTE)
    expect(await sending.info()).toMatchObject({ status: 'failed', reason: expect.stringMatching(/20 minutes/) })
    await broadside.close()
  })

  it('leaves the deadline that retryFailed has given', async () => {
    let isRefusing = true
    const list = members(3)
    const provider = recorder({
      limits: { rate: { limit: 1, intervalMs: MINUTE } },
      answer: () => (isRefusing ? { type: 'rejected', code: 'NO', reason: 'no' } : { type: 'sent' }),
    })
    const { broadside, clock } = await bench({ audienceSource: sourceOf(list), providers: [provider] })
    const sending = await broadside.sendings.create({
      ...SENDING,
      ...EVERYBODY,
      onResume: 'reresolve',
      deadline: { after: '1 hour' },
    })
    await clock.advance(10 * HOUR)
    expect(await sending.info()).toMatchObject({ status: 'transmitted', counters: { error: 3 } })
    isRefusing = false
    await sending.retryFailed()
    await clock.advance(1_000)
    await sending.pause()
    await sending.resume()
    await clock.advance(10 * MINUTE)
    expect(await sending.info()).toMatchObject({ status: 'transmitted', counters: { enqueued: 3 } })
    await broadside.close()
  })
})

describe('a storage whose answer gets lost', () => {
  const losses = ['changeSending', 'addItems', 'listDueSendings'].flatMap((name) =>
    [1, 2, 3, 4].flatMap((nth) => [
      { name, nth, isDone: true },
      { name, nth, isDone: false },
    ]),
  )

  it.each(losses)('loses no sending, and sends nothing twice (%j)', async ({ name, nth, isDone }) => {
    const storage = memoryStorage()
    let calls = 0
    const failing = <Calls extends object>(of: Calls): Calls =>
      new Proxy(of, {
        get(target, key) {
          const member: unknown = Reflect.get(target, key)
          if (key === 'sendings') return failing(member as object)
          if (typeof member !== 'function') return member
          if (key !== name) return member.bind(target)
          return async (...args: unknown[]) => {
            calls += 1
            const isLost = calls === nth
            if (isLost && !isDone) throw new Error('no connection')
            const answer: unknown = await member.apply(target, args)
            if (isLost) throw new Error('no connection')
            return answer
          }
        },
      })
    const provider = recorder()
    const { broadside: web, clock } = await bench({ storage, dispatch: false })
    const list = members(1_200).map((member, i) => ({ ...member, timeZone: i % 2 ? 'Europe/Oslo' : 'Asia/Tokyo' }))
    const { broadside } = await bench({
      storage: failing(storage),
      clock,
      providers: [provider],
      audienceSource: sourceOf(list),
      pickChampion: () => 'b',
    })
    const sending = await web.sendings.create({
      ...SENDING,
      audience: { type: 'all' },
      schedule: { type: 'absolute', at: '2026-01-16 18:00:00', scheduleType: 'contactTZ' },
      experiments: [
        {
          name: 'subject',
          strategy: 'split-with-champion',
          testShare: 0.2,
          variants: [{ name: 'a' }, { name: 'b' }],
          champion: { pickedBy: 'function', after: '1 hour' },
        },
      ],
    })
    await clock.advance(36 * HOUR)
    expect(await sending.info()).toMatchObject({ status: 'transmitted', counters: { enqueued: 1_200 } })
    expect(new Set(provider.sent.map(({ address }) => address)).size).toBe(1_200)
    expect(provider.sent).toHaveLength(1_200)
    await broadside.close()
    await web.close()
  })
})

describe('an engine that died while it prepared beforehand', () => {
  it.each([
    ['long after its instant', 3 * HOUR, 'failed'],
    ['in time', 6 * MINUTE, 'transmitted'],
  ] as const)('leaves a sending that is missed, if it says so and another comes %s', async (_, awayMs, status) => {
    const storage = memoryStorage()
    const mortal = stoppable(storage)
    const { broadside: dead, clock } = await bench({ storage: mortal.storage, audienceSource: readings(hanging) })
    const schedule = { type: 'relative', in: '10 minutes', prescheduled: true } as const
    const sending = await dead.sendings.create({ ...SENDING, ...EVERYBODY, schedule, onMissed: 'fail' })
    await clock.advance(6 * MINUTE)
    expect((await sending.info()).status).toBe('preparing')
    mortal.freeze()
    await clock.jumpTo(START + awayMs)
    const { broadside: heir } = await bench({ storage, clock, audienceSource: sourceOf(members(2)) })
    await clock.advance(5 * MINUTE)
    expect((await heir.sendings.info(sending.id)).status).toBe(status)
    await heir.close()
  })
})

describe('what waited for a champion', () => {
  it('is looked after again once one is picked', async () => {
    let isAnswering = true
    const provider = recorder({ answer: () => (isAnswering ? { type: 'sent' } : new Promise(() => undefined)) })
    const { broadside, clock } = await bench({
      providers: [provider],
      tuning: { sendTimeoutMs: 24 * HOUR, closeTimeoutMs: 1 },
    })
    const experiment = {
      name: 'subject',
      strategy: 'split-with-champion' as const,
      testShare: 0.3,
      variants: [{ name: 'a' }, { name: 'b' }],
      champion: {},
    }
    const sending = await broadside.sendings.create({
      ...SENDING,
      recipients: recipients(50),
      schedule: NOW,
      experiments: [experiment],
    })
    await clock.advance(3 * HOUR)
    isAnswering = false
    await sending.pickChampion({ experiment: 'subject', variant: 'a' })
    await clock.advance(19 * MINUTE)
    expect((await sending.info()).status).toBe('transmitting')
    await clock.advance(7 * MINUTE)
    expect(await sending.info()).toMatchObject({ status: 'failed', reason: expect.stringMatching(/20 minutes/) })
    const closed = broadside.close().catch(() => undefined)
    await clock.advance(100)
    await closed
  })
})

describe('preparing over after a crash', () => {
  /** One member a minute. */
  const trickle = (clock: () => ManualClock, count: number): AudienceSource => ({
    async *resolve() {
      for (const member of members(count)) {
        await new Promise<void>((resolve) => clock().setTimer(MINUTE, resolve))
        yield member
      }
    },
  })

  it('may take longer than failAfter until it meets somebody new', async () => {
    const storage = memoryStorage()
    const mortal = stoppable(storage)
    const { broadside: dead, clock } = await bench({
      storage: mortal.storage,
      audienceSource: trickle(() => clock, 40),
    })
    const sending = await dead.sendings.create({ ...SENDING, ...EVERYBODY })
    await clock.advance(30.5 * MINUTE)
    expect((await sending.info()).counters?.received).toBe(30)
    mortal.freeze()
    const { broadside: heir } = await bench({ storage, clock, audienceSource: trickle(() => clock, 40) })
    await clock.advance(HOUR)
    expect(await heir.sendings.info(sending.id)).toMatchObject({ status: 'transmitted', counters: { enqueued: 40 } })
    await heir.close()
  })
})

describe('an engine that is closed while it takes a sending up', () => {
  it('gives it back', async () => {
    const storage = withoutClose(memoryStorage())
    let answer = (): void => undefined
    const held = new Promise<void>((resolve) => {
      answer = resolve
    })
    let reads = 0
    const audienceSource: AudienceSource = {
      async *resolve() {
        reads += 1
        await new Promise(() => undefined)
        yield* members(1)
      },
    }
    const slow = withSendings(storage, ({ changeSending }) => ({
      changeSending: async (params) => {
        const change = await changeSending(params)
        if (params.sending.status === 'preparing') await held
        return change
      },
    }))
    const { broadside: web, clock } = await bench({ storage, dispatch: false })
    const { broadside: closing } = await bench({ storage: slow, clock, audienceSource })
    const sending = await web.sendings.create({ ...SENDING, ...EVERYBODY })
    await clock.advance(10)
    const closed = closing.close()
    await clock.advance(10)
    answer()
    await clock.advance(10)
    await closed
    const { broadside: next } = await bench({ storage, clock, audienceSource: sourceOf(members(2)) })
    await clock.advance(1_000)
    expect([(await sending.info()).status, reads]).toEqual(['transmitted', 0])
    for (const engine of [web, next]) await engine.close()
  })
})

describe('a host that does not answer', () => {
  it('about content takes no place for ever', async () => {
    const contentSource = { resolve: () => new Promise<never>(() => undefined) }
    const { broadside, clock } = await bench({ contentSource })
    const stuck = []
    for (let i = 0; i < 8; i++)
      stuck.push(
        await broadside.sendings.create({ message: { template: 't' }, recipients: recipients(1), schedule: NOW }),
      )
    await clock.advance(MINUTE)
    for (const one of stuck) await one.cancel()
    const next = await broadside.sendings.create({ ...SENDING, recipients: recipients(1), schedule: NOW })
    await clock.advance(MINUTE)
    expect((await next.info()).status).toBe('transmitted')
    await broadside.close()
  })

  it('about a champion takes no place for ever', async () => {
    const { broadside, clock } = await bench({ pickChampion: () => new Promise<never>(() => undefined) })
    const experiment = {
      name: 'subject',
      strategy: 'split-with-champion' as const,
      testShare: 0.5,
      variants: [{ name: 'a' }, { name: 'b' }],
      champion: { pickedBy: 'function' as const, after: '1 minute' },
    }
    const stuck = []
    for (let i = 0; i < 8; i++)
      stuck.push(
        await broadside.sendings.create({
          ...SENDING,
          recipients: recipients(20),
          schedule: NOW,
          experiments: [experiment],
        }),
      )
    await clock.advance(2 * MINUTE)
    for (const one of stuck) await one.pickChampion({ experiment: 'subject', variant: 'a' })
    const next = await broadside.sendings.create({ ...SENDING, recipients: recipients(1), schedule: NOW })
    await clock.advance(MINUTE)
    expect((await next.info()).status).toBe('transmitted')
    await broadside.close()
  })
})

describe('an engine with its hands full', () => {
  it.each([
    [10, 2 * MINUTE],
    // More than it lists at once.
    [400, 5_000],
  ])('misses nothing: who waits for its turn was seen in time (%i)', async (count, readingMs) => {
    const { broadside, clock } = await bench({
      audienceSource: {
        async *resolve() {
          yield* members(1)
          await new Promise<void>((resolve) => clock.setTimer(readingMs, resolve))
        },
      },
    })
    const sendings = []
    for (let i = 0; i < count; i++) {
      sendings.push(
        await broadside.sendings.create({
          ...SENDING,
          ...EVERYBODY,
          schedule: { type: 'relative', in: '1 hour' },
          onMissed: 'fail',
        }),
      )
    }
    await clock.advance(HOUR + 5 * MINUTE)
    const statuses = await Promise.all(sendings.map(async (sending) => (await sending.info()).status))
    expect(new Set(statuses)).toEqual(new Set(['transmitted']))
    await broadside.close()
  })
})

describe("recipients' own zones", () => {
  it('are not missed while nobody is in the zones whose time comes first', async () => {
    const { broadside, clock } = await bench()
    const sending = await broadside.sendings.create({
      ...SENDING,
      recipients: recipients(2).map((one) => ({ ...one, timeZone: 'Europe/Oslo' })),
      schedule: { type: 'absolute', at: '2026-01-16 18:00:00', scheduleType: 'contactTZ' },
      onMissed: 'fail',
    })
    await clock.advance(30 * HOUR)
    expect(await sending.info()).toMatchObject({ status: 'transmitted', counters: { enqueued: 2 } })
    await broadside.close()
  })
})

describe('an engine on a storage that others share', () => {
  it('leaves a sending to those that know its audience', async () => {
    const storage = memoryStorage()
    const { broadside: web, clock } = await bench({ storage, dispatch: false })
    const sending = await web.sendings.create({ ...SENDING, ...EVERYBODY })
    const { broadside: ignorant } = await bench({ storage, clock })
    await clock.advance(MINUTE)
    expect((await sending.info()).status).toBe('pending')
    const { broadside: knowing } = await bench({ storage, clock, audienceSource: sourceOf(members(2)) })
    await clock.advance(MINUTE)
    expect(await sending.info()).toMatchObject({ status: 'transmitted', counters: { enqueued: 2 } })
    for (const engine of [web, ignorant, knowing]) await engine.close()
  })
})

describe('a sending that makes no sense to the engine', () => {
  it('is put off, and keeps nothing else from going out', async () => {
    const storage = memoryStorage()
    const { broadside, clock } = await bench({ storage })
    const draft = await broadside.sendings.create({ ...SENDING, recipients: recipients(1) })
    const record = await storage.sendings?.getSending(draft.id)
    if (record === undefined) throw new Error('no record')
    const definition = { ...record.definition, failAfter: 'whenever' }
    await storage.sendings?.changeSending({
      sending: { ...record, definition, status: 'pending', dueAt: START, scheduledAt: START, wakeAt: START },
      now: START,
    })
    const trouble: string[] = []
    broadside.on('sending:trouble', ({ sendingId }) => trouble.push(sendingId))
    const other = await broadside.sendings.create({ ...SENDING, recipients: recipients(1), schedule: NOW })
    await clock.advance(2 * MINUTE)
    expect((await other.info()).status).toBe('transmitted')
    expect(new Set(trouble)).toEqual(new Set([draft.id]))
    await broadside.close()
  })

  it('can be cancelled, and copied', async () => {
    const storage = memoryStorage()
    const { broadside, clock } = await bench({ storage })
    const schedule = { type: 'relative', in: '1 hour' } as const
    const sending = await broadside.sendings.create({ ...SENDING, recipients: recipients(1), schedule })
    const record = await storage.sendings?.getSending(sending.id)
    if (record === undefined) throw new Error('no record')
    await storage.sendings?.changeSending({ sending: { ...record, state: '{"waves":7}' }, now: START })
    expect(await sending.cancel()).toMatchObject({ status: 'cancelled' })
    const copy = await sending.duplicate()
    await sending.delete()
    await copy.send({ schedule: NOW })
    await clock.advance(1_000)
    expect((await copy.info()).status).toBe('transmitted')
    await broadside.close()
  })
})
