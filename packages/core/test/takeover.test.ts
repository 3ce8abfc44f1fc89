import { memoryStorage } from '@broadside/memory'
import { describe, expect, it } from 'vitest'
import { createBroadside, manualClock, type SendOutcome, type Storage } from '../src/index.js'
import { bench, MESSAGE, people, recorder, START } from './support.js'

const never = (): Promise<SendOutcome> => new Promise(() => undefined)

/** A storage with some of its calls replaced. */
function patched(storage: Storage, patch: Partial<Storage>): Storage {
  return new Proxy(storage, {
    get(target, name) {
      const member: unknown = Reflect.get(patch, name) ?? Reflect.get(target, name)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
}

/** An engine that has claimed, started and died: nothing of it is heard any more. */
async function deadEngine(storage: Storage, clock: ReturnType<typeof manualClock>, count: number): Promise<string> {
  let isDead = false
  const dead = new Proxy(storage, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      return (...args: unknown[]) => (isDead ? new Promise(() => undefined) : member.apply(target, args))
    },
  })
  const provider = recorder({ answer: never, limits: { concurrency: 4 } })
  const engine = await createBroadside({ storage: dead, providers: [provider], clock, tuning: { leaseMs: 10_000 } })
  const job = await engine.jobs.create(MESSAGE)
  await job.ingest(people(count))
  await job.run()
  await clock.advance(10)
  isDead = true
  return job.id
}

describe('work of an engine that died', () => {
  it('is taken over, also when its lease ends between two looks at the clock', async () => {
    const storage = memoryStorage()
    const clock = manualClock(START)
    const jobId = await deadEngine(storage, clock, 8)
    // The lease ends half a millisecond after the reap has looked at the time, and half a one before anybody looks again.
    await clock.jumpTo(START + 10_000 - 0.5)
    let skew = 0
    const reaped = patched(storage, {
      reap: async (params) => {
        const leases = await storage.reap(params)
        skew = 1
        return leases
      },
    })
    const creeping = { ...clock, now: () => clock.now() + skew }
    const heir = await createBroadside({
      storage: reaped,
      providers: [recorder()],
      clock: creeping,
      tuning: { leaseMs: 10_000 },
    })
    await clock.advance(60_000)
    expect((await (await heir.jobs.get(jobId)).info()).status).toBe('completed')
    await heir.close()
  })

  it('is taken over although one recipient makes a provider throw', async () => {
    const storage = memoryStorage()
    const clock = manualClock(START)
    const jobId = await deadEngine(storage, clock, 8)
    const provider = recorder({
      addressOf: (user) => {
        const email = String(user.profile?.email)
        if (email.startsWith('person2@')) throw new Error('choked')
        return email
      },
    })
    const heir = await createBroadside({ storage, providers: [provider], clock, tuning: { leaseMs: 10_000 } })
    await clock.advance(60_000)
    const info = await (await heir.jobs.get(jobId)).info()
    expect(info).toMatchObject({ status: 'completed', counters: { enqueued: 7, error: 1 } })
    await heir.close()
  })

  it('is not confused with its own, after the host slept past the end of its leases', async () => {
    const letGo: (() => void)[] = []
    const provider = recorder({
      limits: { concurrency: 4 },
      answer: () => new Promise<SendOutcome>((resolve) => letGo.push(() => resolve({ type: 'sent' }))),
    })
    const { broadside, clock } = await bench({ providers: [provider], tuning: { sendTimeoutMs: 24 * 3_600_000 } })
    const job = await broadside.jobs.create(MESSAGE)
    await job.ingest(people(4))
    await job.run()
    await clock.advance(10)
    await clock.jumpTo(clock.now() + 3_600_000)
    await clock.advance(60_000)
    expect(provider.sent).toHaveLength(4)
    for (const go of letGo) go()
    await clock.advance(1_000)
    expect(await job.info()).toMatchObject({ status: 'completed', counters: { enqueued: 4 } })
    await broadside.close()
  })
})

describe('pause and cancel', () => {
  it.each(['pause', 'cancel'] as const)('%s holds for a claim whose answer is still on its way', async (operation) => {
    const storage = memoryStorage()
    let answer: (() => void) | undefined
    const slow = patched(storage, {
      claim: async (params) => {
        const claim = await storage.claim(params)
        if (answer === undefined) {
          await new Promise<void>((resolve) => {
            answer = resolve
          })
        }
        return claim
      },
    })
    const provider = recorder()
    const { broadside, clock } = await bench({ storage: slow, providers: [provider] })
    const job = await broadside.jobs.create(MESSAGE)
    await job.ingest(people(20))
    await job.run()
    await clock.advance(10)
    await job[operation]()
    answer?.()
    await clock.advance(1_000)
    expect(provider.sent).toHaveLength(0)
    expect((await job.info()).inFlight).toBe(0)
    await broadside.close()
  })

  it('cancel that waits hears of the last lease that was given back', async () => {
    const letGo: (() => void)[] = []
    const provider = recorder({
      limits: { concurrency: 1 },
      answer: () => new Promise<SendOutcome>((resolve) => letGo.push(() => resolve({ type: 'sent' }))),
    })
    // No hints: as a storage that one engine has for itself.
    const storage = memoryStorage()
    const quiet = patched(storage, { onWake: () => () => undefined })
    const { broadside, clock } = await bench({ storage: quiet, providers: [provider], tuning: { settleDelayMs: 5 } })
    const job = await broadside.jobs.create(MESSAGE)
    await job.ingest(people(500))
    await job.run()
    await clock.advance(10)
    const cancelled = job.cancel({ wait: true })
    await clock.advance(10)
    for (const go of letGo) go()
    await clock.advance(2_000)
    expect(await cancelled).toMatchObject({ inFlight: 0, counters: { cancelled: 499, enqueued: 1 } })
    await broadside.close()
  })
})

describe('a lease with two providers', () => {
  it('puts few in doubt that were never handed over, however fast the other provider is', async () => {
    const storage = memoryStorage()
    const clock = manualClock(START)
    let isDead = false
    const dying = new Proxy(storage, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name)
        if (typeof member !== 'function') return member
        return (...args: unknown[]) => (isDead ? new Promise(() => undefined) : member.apply(target, args))
      },
    })
    const slow = recorder({ name: 'slow', answer: never, limits: { concurrency: 1 } })
    const fast = recorder({ name: 'fast', channel: 'sms', limits: { concurrency: 5 } })
    const engine = await createBroadside({
      storage: dying,
      providers: [slow, fast],
      clock,
      tuning: { leaseMs: 10_000 },
    })
    const job = await engine.jobs.create({ ...MESSAGE, onUncertain: 'hold' })
    const users = Array.from({ length: 100 }, (_, i) =>
      i % 2 === 0 ? { to: { email: `p${i}@example.com` } } : { to: { phone_number: `4790000${i + 100}` } },
    )
    await job.ingest(users)
    await job.run()
    await clock.advance(500)
    isDead = true
    const heir = await createBroadside({
      storage,
      providers: [recorder(), recorder({ name: 'text', channel: 'sms' })],
      clock,
    })
    await clock.advance(120_000)
    const info = await (await heir.jobs.get(job.id)).info()
    expect(info.status).toBe('completed')
    expect(info.counters.uncertain).toBeGreaterThan(0)
    expect(info.counters.uncertain).toBeLessThanOrEqual(12)
    await heir.close()
  })
})

describe('a worker that lacks what a job needs', () => {
  it('leaves it to another, and says so', async () => {
    const storage = memoryStorage()
    const clock = manualClock(START)
    const renderer = { name: 'own', compile: () => ({ render: () => ({ text: 'rendered' }) }) }
    const web = await createBroadside({ storage, clock, renderer, dispatch: false })
    const job = await web.jobs.create({ message: { content: { text: 'hi {{ name }}' }, channels: ['email'] } })
    await job.ingest(people(2))
    await job.run()
    const unfit = recorder()
    const told: string[] = []
    const first = await createBroadside({ storage, providers: [unfit], clock })
    first.on('job:unfit', ({ error }) => told.push(error.code))
    await clock.advance(1_000)
    expect(unfit.sent).toHaveLength(0)
    expect(told).toEqual(['RENDERER_MISSING'])
    const fit = recorder()
    const second = await createBroadside({ storage, providers: [fit], renderer, clock })
    await clock.advance(1_000)
    expect(fit.sent.map((message) => message.content.text)).toEqual(['rendered', 'rendered'])
    expect((await job.info()).status).toBe('completed')
    await Promise.all([first.close(), second.close()])
  })
})

describe('many jobs', () => {
  it('behind a provider that takes nothing do not keep others waiting', async () => {
    const down = recorder({
      name: 'down',
      answer: () => ({ type: 'retryable', scope: 'provider', retryAfterMs: 3_600_000 }),
    })
    const sms = recorder({ name: 'text', channel: 'sms' })
    const { broadside, clock } = await bench({ providers: [down, sms] })
    for (let i = 0; i < 210; i++) {
      const job = await broadside.jobs.create({ message: { content: { text: 'x' }, channels: ['email'] } })
      await job.ingest(people(1))
      await job.run()
    }
    await clock.advance(10)
    const job = await broadside.jobs.create({ message: { content: { text: 'x' }, channels: ['sms'] } })
    await job.ingest([{ to: { phone_number: '4790000000' } }])
    await job.run()
    await clock.advance(1_000)
    expect((await job.info()).status).toBe('completed')
    await broadside.close()
  })
})
