import { memoryStorage } from '@broadside/memory'
import { describe, expect, it } from 'vitest'
import { createBroadside, manualClock, type OutgoingMessage, type SendOutcome } from '../src/index.js'
import { bench, MESSAGE, people, recorder, START } from './support.js'

describe('dispatch', () => {
  it('retries what may work later, doubling the delay, until the attempts are used up', async () => {
    const times: number[] = []
    const clock = manualClock(START)
    const provider = recorder({
      answer: () => {
        times.push(clock.now() - START)
        return { type: 'retryable', code: 'BUSY', reason: 'later' }
      },
    })
    const { broadside } = await bench({ providers: [provider], clock })
    const job = await broadside.jobs.create({ ...MESSAGE, retry: { maxAttempts: 3, baseDelayMs: 1_000 } })
    await job.ingest(people(1))
    await job.run()
    await clock.advance(60_000)
    expect(times).toHaveLength(3)
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeLessThan(1_100)
    expect((times[2] ?? 0) - (times[1] ?? 0)).toBeGreaterThan(1_900)
    const { items } = await job.items()
    expect(items[0]).toMatchObject({ status: 'error', code: 'ATTEMPTS_EXHAUSTED', attempts: 3 })
    await broadside.close()
  })

  it('counts no attempt while the provider takes nothing, and hands the rest back as it is', async () => {
    let isDown = true
    const provider = recorder({
      limits: { concurrency: 1 },
      answer: () =>
        isDown ? { type: 'retryable', scope: 'provider', code: 'DOWN', retryAfterMs: 5_000 } : { type: 'sent' },
    })
    const trouble: string[] = []
    const { broadside, clock } = await bench({ providers: [provider] })
    broadside.on('provider:trouble', ({ code }) => trouble.push(code ?? ''))
    broadside.on('provider:recovered', () => trouble.push('recovered'))
    const job = await broadside.jobs.create(MESSAGE)
    await job.ingest(people(50))
    await job.run()
    await clock.advance(4_000)
    expect(provider.sent).toHaveLength(1)
    expect(await job.info()).toMatchObject({ inFlight: 0, counters: { pending: 50 } })
    isDown = false
    await clock.advance(10_000)
    expect(await job.info()).toMatchObject({ status: 'completed', counters: { enqueued: 50 } })
    expect(trouble).toEqual(['DOWN', 'recovered'])
    const { items } = await job.items()
    expect(items.every((item) => item.attempts === 1)).toBe(true)
    await broadside.close()
  })

  it('leaves no timer behind, though it has seen a lease that would have run out later', async () => {
    let answer = (): void => undefined
    const provider = recorder({
      answer: () => new Promise<SendOutcome>((resolve) => (answer = () => resolve({ type: 'sent' }))),
    })
    const { broadside, clock } = await bench({ providers: [provider] })
    const slow = await broadside.jobs.create(MESSAGE)
    await slow.ingest(people(1))
    await slow.run()
    await clock.advance(100)
    // Makes the engine look while the lease is held.
    const empty = await broadside.jobs.create(MESSAGE)
    await empty.run()
    await clock.advance(100)
    answer()
    await clock.advance(1_000)
    expect(await slow.info()).toMatchObject({ status: 'completed' })
    expect(clock.pendingTimers).toBe(0)
    await broadside.close()
  })

  it('falls back to the next channel when one fails for good', async () => {
    const email = recorder({
      name: 'mail',
      answer: () => ({ type: 'rejected', code: 'NO_MAILBOX', reason: 'unknown' }),
    })
    const sms = recorder({ name: 'text', channel: 'sms' })
    const { broadside, clock } = await bench({ providers: [email, sms] })
    const job = await broadside.jobs.create(MESSAGE)
    await job.ingest([
      { profile: { email: 'a@example.com', phone_number: '+47 40 76 91 26' } },
      { profile: { email: 'b@example.com' } },
      { profile: { phone_number: '4740769127' } },
      { recipient: 'nobody' },
    ])
    await job.run()
    await clock.advance(5_000)
    const { items } = await job.items()
    expect(items.map(({ status, channel, code, attempts }) => [status, channel, code, attempts])).toEqual([
      ['enqueued', 'sms', undefined, 2],
      ['error', 'email', 'NO_MAILBOX', 1],
      ['enqueued', 'sms', undefined, 1],
      ['skipped', undefined, 'NO_ADDRESS', 0],
    ])
    await broadside.close()
  })

  it('holds items of unknown outcome when the job says so, and a person settles them', async () => {
    const provider = recorder({ answer: () => ({ type: 'unknown', reason: 'no answer' }) })
    const { broadside, clock } = await bench({ providers: [provider] })
    const job = await broadside.jobs.create({ ...MESSAGE, onUncertain: 'hold' })
    await job.ingest(people(3))
    await job.run()
    await clock.advance(60_000)
    expect(provider.sent).toHaveLength(3)
    expect(await job.info()).toMatchObject({ status: 'completed', counters: { uncertain: 3 } })
    const { items } = await job.items()
    const [first, second, third] = items.map((item) => item.seq)
    expect(await job.resolveUncertain({ seqs: [first ?? -1], decision: 'sent' })).toBe(1)
    expect(await job.resolveUncertain({ seqs: [second ?? -1], decision: 'drop' })).toBe(1)
    expect(await job.resolveUncertain({ seqs: [first ?? -1], decision: 'drop' })).toBe(0)
    expect(await job.info()).toMatchObject({ status: 'completed', counters: { uncertain: 1, enqueued: 1, error: 1 } })
    expect(await job.resolveUncertain({ seqs: [third ?? -1], decision: 'resend' })).toBe(1)
    await clock.advance(60_000)
    expect(provider.sent).toHaveLength(4)
    expect(provider.sent[3]?.messageId).toBe(items[2]?.messageId)
    await broadside.close()
  })

  it('sends in batches where the provider takes batches, and believes no answer of another length', async () => {
    const sizes: number[] = []
    const provider = recorder({
      limits: { batchSize: 40, concurrency: 2 },
      sendBatch: async (messages: readonly OutgoingMessage[]) => {
        sizes.push(messages.length)
        return sizes.length === 1 ? [] : messages.map((): SendOutcome => ({ type: 'sent' }))
      },
    })
    const { broadside, clock } = await bench({ providers: [provider] })
    const job = await broadside.jobs.create({ ...MESSAGE, onUncertain: 'hold' })
    await job.ingest(people(200))
    await job.run()
    await clock.advance(60_000)
    expect(Math.max(...sizes)).toBe(40)
    expect(await job.info()).toMatchObject({ status: 'completed', counters: { uncertain: 40, enqueued: 160 } })
    await broadside.close()
  })

  it('gives up on a send that is never answered', async () => {
    const provider = recorder({ answer: () => new Promise<SendOutcome>(() => undefined) })
    const { broadside, clock } = await bench({ providers: [provider], tuning: { sendTimeoutMs: 10_000 } })
    const job = await broadside.jobs.create({ ...MESSAGE, onUncertain: 'hold' })
    await job.ingest(people(2))
    await job.run()
    await clock.advance(9_000)
    expect((await job.info()).counters.pending).toBe(2)
    await clock.advance(3_000)
    expect(await job.info()).toMatchObject({ status: 'completed', counters: { uncertain: 2 } })
    await broadside.close()
  })

  it('keeps to the rate of the job and of the provider, both', async () => {
    const clock = manualClock(START)
    const at: number[] = []
    const provider = recorder({
      limits: { concurrency: 20, rate: { limit: 50, intervalMs: 10_000 } },
      answer: () => {
        at.push(clock.now())
        return { type: 'sent' }
      },
    })
    const { broadside } = await bench({ providers: [provider], clock })
    const job = await broadside.jobs.create({ ...MESSAGE, rate: { limit: 10, intervalMs: 1_000 } })
    await job.ingest(people(120))
    await job.run()
    await clock.advance(40_000)
    expect(await job.info()).toMatchObject({ status: 'completed' })
    for (const [limit, intervalMs] of [
      [10, 1_000],
      [50, 10_000],
    ] as const) {
      for (const since of at) {
        expect(at.filter((t) => t >= since && t < since + intervalMs).length).toBeLessThanOrEqual(limit)
      }
    }
    await broadside.close()
  })

  it('serves a job of ten while one of many is going on, and higher priority first', async () => {
    const clock = manualClock(START)
    const order: string[] = []
    const provider = recorder({
      limits: { concurrency: 1 },
      answer: (message) =>
        new Promise<SendOutcome>((resolve) => {
          order.push(message.jobId)
          clock.setTimer(10, () => resolve({ type: 'sent' }))
        }),
    })
    const { broadside } = await bench({ providers: [provider], clock })
    const big = await broadside.jobs.create(MESSAGE)
    await big.ingest(people(2_000))
    const small = await broadside.jobs.create(MESSAGE)
    await small.ingest(people(10))
    const urgent = await broadside.jobs.create({ ...MESSAGE, priority: 10 })
    await urgent.ingest(people(10))
    await big.run()
    await clock.advance(3_000)
    await small.run()
    await urgent.run()
    await clock.advance(12_000)
    expect(await small.info()).toMatchObject({ status: 'completed' })
    expect(await urgent.info()).toMatchObject({ status: 'completed' })
    expect((await big.info()).status).toBe('processing')
    expect(order.indexOf(urgent.id)).toBeLessThan(order.indexOf(small.id))
    await big.cancel()
    await clock.advance(1_000)
    await broadside.close()
  })

  it('renders the locale of the recipient and merges the override of the channel', async () => {
    const provider = recorder()
    const { broadside, clock } = await bench({ providers: [provider] })
    const job = await broadside.jobs.create({
      message: {
        content: { subject: 'Hello', text: 'x' },
        locale: { nb: { subject: 'Hei' }, 'en-GB': { subject: 'Hullo' } },
        override: { email: { replyTo: 'desk@example.com' }, recorder: { text: 'y' } },
      },
    })
    await job.ingest([
      { profile: { email: 'a@example.com', locale: 'nb_NO' } },
      { to: { email: 'b@example.com', locale: 'en-gb' } },
      { to: { email: 'c@example.com', locale: 'fr' } },
    ])
    await job.run()
    await clock.advance(1_000)
    const subjects = provider.sent.map(({ address, content }) => [
      address,
      content.subject,
      content.text,
      content.replyTo,
    ])
    expect(subjects).toEqual([
      ['a@example.com', 'Hei', 'y', 'desk@example.com'],
      ['b@example.com', 'Hullo', 'y', 'desk@example.com'],
      ['c@example.com', 'Hello', 'y', 'desk@example.com'],
    ])
    await broadside.close()
  })

  it('close lets what is in flight finish, gives the rest back, and the next engine goes on', async () => {
    const storage = memoryStorage()
    const clock = manualClock(START)
    const letGo: (() => void)[] = []
    const slow = recorder({
      limits: { concurrency: 3 },
      answer: () => new Promise<SendOutcome>((resolve) => letGo.push(() => resolve({ type: 'sent' }))),
    })
    const first = await createBroadside({
      storage: { ...storage, close: async () => undefined },
      providers: [slow],
      clock,
    })
    const job = await first.jobs.create(MESSAGE)
    await job.ingest(people(30))
    await job.run()
    await clock.advance(10)
    const closing = first.close()
    await clock.advance(10)
    for (const go of letGo) go()
    await clock.advance(10)
    await closing
    expect(slow.sent).toHaveLength(3)
    expect(clock.pendingTimers).toBe(0)
    await expect(job.info()).rejects.toMatchObject({ code: 'ENGINE_CLOSED' })

    const fast = recorder()
    const second = await createBroadside({ storage, providers: [fast], clock })
    const again = await second.jobs.get(job.id)
    await clock.advance(1_000)
    expect(await again.info()).toMatchObject({ status: 'completed', counters: { enqueued: 30 } })
    expect(fast.sent).toHaveLength(27)
    await second.close()
  })

  it('an engine that only writes sends nothing', async () => {
    const storage = memoryStorage()
    const clock = manualClock(START)
    const writer = await createBroadside({ storage, clock, dispatch: false })
    const job = await writer.jobs.create({ message: { content: { text: 'x' }, channels: ['email'] } })
    await job.ingest(people(3))
    await job.run()
    await clock.advance(10_000)
    expect((await job.info()).counters.pending).toBe(3)
    const provider = recorder()
    const worker = await createBroadside({ storage, providers: [provider], clock })
    await clock.advance(1_000)
    expect(await job.info()).toMatchObject({ status: 'completed' })
    expect(provider.sent).toHaveLength(3)
    await worker.close()
  })
})
