import { memoryStorage } from '@broadside/memory'
import { describe, expect, it } from 'vitest'
import type { BroadsideOptions, Renderer, SendingInput, Storage } from '../src/index.js'
import { experiments, members, recipients, SENDING, sourceOf, stoppable, withoutClose } from './sending-support.js'
import { bench, recorder, START } from './support.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const NOW = { audience: { type: 'all' }, schedule: { type: 'immediate' } } as const

/** Leaves its content as it is. */
const renderer: Renderer = { name: 'plain', compile: (content) => ({ render: () => content }) }

/** A storage that one engine at a time is at, as SQLite in a file without `shared`. */
function alone(storage: Storage): Storage {
  const capabilities = { ...storage.capabilities, shared: false }
  return new Proxy(withoutClose(storage), {
    get: (target, name) => (name === 'capabilities' ? capabilities : Reflect.get(target, name)),
  })
}

describe('an engine that starts where nobody else can be', () => {
  it('goes on at once with what one that died was preparing', async () => {
    const storage = alone(memoryStorage())
    const mortal = stoppable(storage)
    const hanging = {
      resolve: () => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) }),
    }
    const { broadside: dead, clock } = await bench({ storage: mortal.storage, audienceSource: hanging })
    const sending = await dead.sendings.create({ ...SENDING, ...NOW })
    await clock.advance(1_000)
    mortal.freeze()
    const provider = recorder()
    const { broadside } = await bench({ storage, clock, providers: [provider], audienceSource: sourceOf(members(3)) })
    await clock.advance(1_000)
    expect(await broadside.sendings.info(sending.id)).toMatchObject({
      status: 'transmitted',
      counters: { enqueued: 3 },
    })
    expect(provider.sent).toHaveLength(3)
    await broadside.close()
  })

  it('reads an audience again at once that one that died was reading again', async () => {
    const storage = alone(memoryStorage())
    const mortal = stoppable(storage)
    let reads = 0
    const list = members(20)
    const halting = {
      async *resolve() {
        yield* list.slice(0, 10)
        if (++reads > 1) await new Promise(() => {})
      },
    }
    const provider = recorder({ limits: { rate: { limit: 1, intervalMs: 1_000 } } })
    const first = await bench({ storage: mortal.storage, audienceSource: halting, providers: [provider] })
    const sending = await first.broadside.sendings.create({ ...SENDING, ...NOW, onResume: 'reresolve' })
    const { clock } = first
    await clock.advance(3_000)
    await sending.pause()
    await sending.resume()
    await clock.advance(500)
    mortal.freeze()
    const { broadside } = await bench({ storage, clock, audienceSource: sourceOf(list), providers: [provider] })
    await clock.advance(25_000)
    expect(await broadside.sendings.info(sending.id)).toMatchObject({
      status: 'transmitted',
      counters: { received: 20, pending: 0 },
    })
    await broadside.close()
  })

  it('is not kept from the others by one that makes no sense to it', async () => {
    const shared = memoryStorage()
    const storage = alone(shared)
    const { broadside: first, clock } = await bench({ storage, audienceSource: sourceOf(members(2)) })
    const schedule = { type: 'relative', in: '1 hour' } as const
    const [odd, other] = [
      await first.sendings.create({ ...SENDING, recipients: recipients(2), schedule }),
      await first.sendings.create({ ...SENDING, recipients: recipients(2), schedule }),
    ]
    await first.close()
    const sending = await shared.sendings?.getSending(odd.id)
    if (sending === undefined) throw new Error('it is gone')
    const later = { ...sending, status: 'transmitting', state: 'of a later version', wakeAt: START + 9 * HOUR } as const
    await shared.sendings?.changeSending({ sending: later, now: clock.now() })
    const { broadside } = await bench({ storage, clock })
    await clock.advance(HOUR + 1_000)
    expect((await broadside.sendings.info(other.id)).status).toBe('transmitted')
    await broadside.close()
  })

  it('leaves alone what is to be later', async () => {
    const storage = alone(memoryStorage())
    const first = await bench({ storage })
    const schedule = { type: 'relative', in: '1 hour', prescheduled: true } as const
    const { clock } = first
    const sending = await first.broadside.sendings.create({ ...SENDING, recipients: recipients(3), schedule })
    await clock.advance(56 * MINUTE)
    expect((await sending.info()).status).toBe('prepared')
    await first.broadside.close()
    const provider = recorder()
    const { broadside } = await bench({ storage, clock, providers: [provider] })
    await clock.advance(3 * MINUTE)
    expect([(await broadside.sendings.info(sending.id)).status, provider.sent.length]).toEqual(['prepared', 0])
    await clock.advance(2 * MINUTE)
    expect((await broadside.sendings.info(sending.id)).status).toBe('transmitted')
    await broadside.close()
  })
})

describe('a sending whose engine lacks something', () => {
  const lacking = [
    ['its channel', { providers: [recorder({ name: 'text', channel: 'sms' })] }, 'CHANNEL_NOT_AVAILABLE'],
    ['its audience source', { audienceSource: undefined }, 'AUDIENCE_SOURCE_MISSING'],
    ['its renderer', { renderer: undefined }, 'RENDERER_MISSING'],
    ['its content source', { contentSource: undefined }, 'CONTENT_SOURCE_MISSING'],
  ] as const
  const whole = {
    providers: [recorder()],
    audienceSource: sourceOf(members(2)),
    renderer,
    contentSource: { resolve: () => ({ subject: 'Hello {{ name }}', text: 'There' }) },
  }

  /** One that was scheduled by an engine that had everything, and is due while another is up that does not. */
  async function dueAtPoor(missing: Partial<BroadsideOptions>, message: SendingInput['message']) {
    const storage = alone(memoryStorage())
    const schedule = { type: 'relative', in: '1 hour' } as const
    const { broadside: writer, clock } = await bench({ storage, ...whole })
    const { id } = await writer.sendings.create({ channel: 'email', message, ...NOW, schedule })
    await writer.close()
    const { broadside } = await bench({ storage, clock, ...whole, ...missing })
    const told = new Set<string>()
    broadside.on('sending:trouble', ({ error }) => told.add(error.code))
    await clock.advance(HOUR + 5 * MINUTE)
    return { storage, clock, broadside, id, told }
  }

  const messageFor = (code: string): SendingInput['message'] =>
    code === 'CONTENT_SOURCE_MISSING' ? { template: 'news' } : { content: { subject: 'Hi {{ name }}' } }

  it.each(lacking)('%s waits for the next start', async (_, missing, code) => {
    const { storage, clock, broadside: poor, id, told } = await dueAtPoor(missing, messageFor(code))
    expect([(await poor.sendings.info(id)).status, ...told]).toEqual(['preparing', code])
    await poor.close()
    const { broadside } = await bench({ storage, clock, ...whole })
    await clock.advance(1_000)
    expect(await broadside.sendings.info(id)).toMatchObject({ status: 'transmitted', counters: { enqueued: 2 } })
    await broadside.close()
  })

  it.each(lacking)('%s has failed after failAfter, and says why', async (what, missing, code) => {
    const { clock, broadside, id } = await dueAtPoor(missing, messageFor(code))
    await clock.advance(20 * MINUTE)
    const { status, reason = '' } = await broadside.sendings.info(id)
    expect(status).toBe('failed')
    expect(reason).toMatch(/^nothing has moved for 20 minutes: /)
    expect(reason).toMatch(
      { 'its channel': /email/, 'its audience source': /audience/ }[what as string] ?? /Give createBroadside/,
    )
    await broadside.close()
  })

  it('somebody to pick its champion waits for one that has', async () => {
    const storage = memoryStorage()
    const provider = recorder()
    const { broadside: ignorant, clock } = await bench({ storage, providers: [provider] })
    const { broadside: web } = await bench({ storage, clock, dispatch: false })
    const told: string[] = []
    ignorant.on('sending:unfit', ({ error }) => told.push(error.code))
    ignorant.on('sending:trouble', ({ error }) => told.push(error.code))
    const sending = await web.sendings.create({
      ...SENDING,
      recipients: recipients(20),
      schedule: { type: 'immediate' },
      experiments: [
        {
          name: 'subject',
          strategy: 'split-with-champion',
          testShare: 0.5,
          variants: [{ name: 'a' }, { name: 'b' }],
          champion: { pickedBy: 'function', after: '1 hour' },
        },
      ],
    })
    await clock.advance(2 * HOUR)
    expect([(await sending.info()).status, told]).toEqual(['transmitting', ['CHAMPION_UNDECIDABLE']])
    const { broadside: knowing } = await bench({ storage, clock, providers: [provider], pickChampion: () => 'b' })
    await clock.advance(1_000)
    expect([(await sending.info()).status, provider.sent.length]).toEqual(['transmitted', 20])
    for (const engine of [ignorant, web, knowing]) await engine.close()
  })

  it('still runs out of time', async () => {
    const storage = memoryStorage()
    const { broadside: web, clock } = await bench({ storage, dispatch: false })
    const { broadside } = await bench({ storage, clock, providers: [recorder({ channel: 'sms' })] })
    const deadline = new Date(START + HOUR)
    const sending = await web.sendings.create({
      ...SENDING,
      recipients: recipients(1),
      schedule: { type: 'immediate' },
      deadline,
    })
    await broadside.sendings.list()
    await clock.advance(1_000)
    // Whatever wakes the engine; without it nobody has told it of the sending.
    await broadside.sendings.create({
      ...SENDING,
      channel: 'sms',
      recipients: [{ phone_number: '+4712345678' }],
      schedule: { type: 'immediate' },
    })
    await clock.advance(59 * MINUTE)
    expect((await sending.info()).status).toBe('pending')
    await clock.advance(MINUTE)
    expect(await sending.info()).toMatchObject({
      status: 'failed',
      reason: 'its deadline has passed',
      finishedAt: START + HOUR,
    })
    await broadside.close()
    await web.close()
  })

  it('is not in the way of others, however many of them there are', async () => {
    const storage = memoryStorage()
    const { broadside: web, clock } = await bench({ storage, dispatch: false })
    const schedule = { type: 'immediate' } as const
    for (let i = 0; i < 450; i++) await web.sendings.create({ ...SENDING, recipients: recipients(1), schedule })
    await clock.advance(1_000)
    const { broadside } = await bench({ storage, clock, providers: [recorder({ channel: 'sms' })] })
    const last = await web.sendings.create({
      ...SENDING,
      channel: 'sms',
      recipients: [{ phone_number: '+4712345678' }],
      schedule,
    })
    await clock.advance(1_000)
    expect((await last.info()).status).toBe('transmitted')
    await broadside.close()
    await web.close()
  })
})

describe('failAfter, where no engine has a pickChampion', () => {
  it.each([true, false])(
    'ends a test group that does not move (function given: %s)',
    async (has) => {
      const provider = recorder({ answer: () => ({ type: 'retryable', scope: 'provider', retryAfterMs: 5_000 }) })
      const storage = memoryStorage()
      const { broadside: writer, clock } = await bench({ storage, dispatch: false })
      const { broadside: worker } = await bench({
        storage,
        clock,
        providers: [provider],
        ...(has && { pickChampion: () => undefined }),
      })
      const sending = await writer.sendings.create({
        ...SENDING,
        recipients: recipients(100),
        schedule: { type: 'immediate' },
        experiments: experiments({ pickedBy: 'function', after: '10 minutes' }),
      })
      await clock.advance(3 * HOUR)
      const info = await sending.info()
      for (const one of [writer, worker]) await one.close()
      expect(info.status).toBe('failed')
    },
    60_000,
  )
})

describe('a sending under way whose next engine lacks its provider', () => {
  it('is told of, and its reason says so', async () => {
    const storage = alone(memoryStorage())
    const { broadside: first, clock } = await bench({
      storage,
      providers: [recorder({ limits: { rate: { limit: 1, intervalMs: 1_000 } } })],
      audienceSource: sourceOf(members(100)),
    })
    const sending = await first.sendings.create({
      ...SENDING,
      audience: { type: 'all' },
      schedule: { type: 'immediate' },
    })
    await clock.advance(5_000)
    await first.close()
    const { broadside } = await bench({ storage, clock, providers: [recorder({ name: 't', channel: 'sms' })] })
    const told: string[] = []
    for (const name of ['sending:trouble', 'sending:unfit', 'job:unfit'] as const)
      broadside.on(name, () => told.push(name))
    await clock.advance(25 * MINUTE)
    const { status, reason } = await broadside.sendings.info(sending.id)
    await broadside.close()
    expect([status, told]).toEqual(['failed', ['sending:unfit']])
    expect(reason).toMatch(/email/)
  })
})

describe('trouble that is over', () => {
  it('is not what a sending failed of', async () => {
    let reads = 0
    const source = {
      async *resolve() {
        reads += 1
        if (reads === 1) throw new Error('wrong password')
        yield* members(5)
        await new Promise(() => {})
      },
    }
    const { broadside, clock } = await bench({ audienceSource: source })
    const sending = await broadside.sendings.create({
      ...SENDING,
      audience: { type: 'all' },
      schedule: { type: 'immediate' },
    })
    await clock.advance(HOUR)
    const { status, reason } = await sending.info()
    await broadside.close()
    expect(status).toBe('failed')
    expect(reason).not.toMatch(/password/)
  })
})

describe('time without progress', () => {
  it('does not pass while no engine is there, however much of it had passed before', async () => {
    const storage = alone(memoryStorage())
    const failing = {
      resolve() {
        throw new Error('down')
      },
    }
    const { broadside: first, clock } = await bench({ storage, audienceSource: failing })
    const { id } = await first.sendings.create({ ...SENDING, ...NOW })
    await clock.advance(15 * MINUTE)
    await first.close()
    await clock.jumpTo(START + HOUR)
    const { broadside } = await bench({ storage, clock, audienceSource: sourceOf(members(3)) })
    await clock.advance(1_000)
    expect(await broadside.sendings.info(id)).toMatchObject({ status: 'transmitted', counters: { enqueued: 3 } })
    await broadside.close()
  })

  it('does not pass for what a provider in trouble holds either', async () => {
    const storage = alone(memoryStorage())
    let isDown = true
    const provider = recorder({
      answer: () => (isDown ? { type: 'retryable', scope: 'provider', retryAfterMs: 5_000 } : { type: 'sent' }),
    })
    const { broadside: first, clock } = await bench({ storage, providers: [provider] })
    const { id } = await first.sendings.create({
      ...SENDING,
      recipients: recipients(1),
      schedule: { type: 'immediate' },
    })
    await clock.advance(16 * MINUTE)
    await first.close()
    await clock.jumpTo(START + HOUR)
    isDown = false
    const { broadside } = await bench({ storage, clock, providers: [provider] })
    await clock.advance(MINUTE)
    expect((await broadside.sendings.info(id)).status).toBe('transmitted')
    await broadside.close()
  })
})
