import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SendOutcome } from '../channel/outcome.js'
import type { ChannelProvider } from '../channel/provider.js'
import { Events } from './events.js'
import { type ManualClock, manualClock } from './manual-clock.js'
import { ProviderGate } from './provider-gate.js'

const START = 1_768_478_400_000
const SENT: SendOutcome = { type: 'sent' }

function down(retryAfterMs?: number): SendOutcome {
  return { type: 'retryable', scope: 'provider', code: 'SMTP_421', reason: 'too many', retryAfterMs }
}

function provider(changes: Partial<ChannelProvider> = {}): ChannelProvider {
  return { channel: 'email', name: 'smtp', send: () => SENT, ...changes }
}

function bench(changes?: Partial<ChannelProvider>): { gate: ProviderGate; clock: ManualClock; told: unknown[] } {
  const clock = manualClock(START)
  const events = new Events()
  const told: unknown[] = []
  events.on('provider:trouble', (event) => told.push(event))
  events.on('provider:recovered', (event) => told.push(event))
  return { gate: new ProviderGate(provider(changes), { clock, events }), clock, told }
}

describe('ProviderGate', () => {
  it('has limits of its own where the provider names none', () => {
    const { gate } = bench()
    expect([gate.concurrency, gate.batchSize, gate.rate]).toEqual([10, 1, undefined])
    expect(bench({ sendBatch: () => [] }).gate.batchSize).toBe(100)
  })

  it('takes the provider’s limits', () => {
    const limits = { concurrency: 3, batchSize: 40, rate: { limit: 1, intervalMs: 1_000 } }
    const { gate } = bench({ limits, sendBatch: () => [] })
    expect([gate.concurrency, gate.queue.concurrency, gate.batchSize]).toEqual([3, 3, 40])
    gate.rate?.take(START)
    expect(gate.rate?.freeAt()).toBe(START + 1_000)
    expect(bench({ limits }).gate.batchSize).toBe(1)
  })

  it.each<[unknown, RegExp]>([
    [{ concurrency: 0 }, /limits\.concurrency/],
    [{ concurrency: Number.NaN }, /limits\.concurrency/],
    [{ concurrency: 1.5 }, /limits\.concurrency/],
    [{ batchSize: 0 }, /limits\.batchSize/],
    [{ batchSize: -1 }, /limits\.batchSize/],
    [{ rate: { limit: 0, intervalMs: 1_000 } }, /limits\.rate\.limit/],
    [{ rate: { limit: Number.NaN, intervalMs: 1_000 } }, /limits\.rate\.limit/],
    [{ rate: { limit: 1, intervalMs: 0 } }, /limits\.rate\.intervalMs/],
    ['fast', /limits/],
  ])('refuses limits under which nothing could be sent: %o', (limits, message) => {
    const construct = (): unknown => bench({ limits: limits as ChannelProvider['limits'] })
    expect(construct).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', message: expect.stringMatching(message) }),
    )
    expect(construct).toThrow(/^Provider smtp is not valid/)
  })

  it('hands nothing to a provider that takes nothing, for as long as it asks', async () => {
    const { gate, clock, told } = bench()
    expect(gate.isBlocked).toBe(false)
    gate.observe(down(5_000))
    expect([gate.isBlocked, gate.blockedUntil]).toEqual([true, START + 5_000])
    await clock.advance(4_999)
    expect(gate.isBlocked).toBe(true)
    await clock.advance(1)
    expect(gate.isBlocked).toBe(false)
    expect(told).toEqual([{ provider: 'smtp', code: 'SMTP_421', reason: 'too many', retryAt: START + 5_000 }])
  })

  it.each([undefined, 0])(
    'leaves it alone for longer each time, up to five minutes, where it asks for %s',
    async (retryAfterMs) => {
      const { gate, clock } = bench()
      const delays: number[] = []
      for (let i = 0; i < 11; i++) {
        const now = clock.now()
        gate.observe(down(retryAfterMs))
        delays.push((gate.blockedUntil - now) / 1_000)
        await clock.jumpTo(gate.blockedUntil)
      }
      expect(delays).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300])
    },
  )

  it('takes those that were in flight when it happened for one trouble', () => {
    const { gate, told } = bench()
    for (const afterMs of [1_000, 60_000, undefined]) gate.observe(down(afterMs))
    expect(gate.blockedUntil).toBe(START + 1_000)
    expect(told).toHaveLength(1)
  })

  it('is not opened by one that was handed over before', async () => {
    const { gate, clock, told } = bench()
    gate.observe(down(60_000))
    gate.observe(SENT)
    expect(gate.blockedUntil).toBe(START + 60_000)
    await clock.jumpTo(START + 60_000)
    gate.observe(SENT)
    gate.observe(SENT)
    expect(told.slice(1)).toEqual([{ provider: 'smtp' }])
  })

  it('begins with the shortest delay again once it has recovered', async () => {
    const { gate, clock } = bench()
    for (let i = 0; i < 5; i++) {
      gate.observe(down())
      await clock.jumpTo(gate.blockedUntil)
    }
    gate.observe(SENT)
    gate.observe(down())
    expect(gate.blockedUntil - clock.now()).toBe(1_000)
  })

  it('is not blocked by what concerns one item', () => {
    const { gate, told } = bench()
    const outcomes: SendOutcome[] = [
      { type: 'retryable', scope: 'item', retryAfterMs: 5_000 },
      { type: 'retryable' },
      { type: 'rejected', code: 'SMTP_550', reason: 'no such user' },
      { type: 'unknown' },
      SENT,
    ]
    for (const outcome of outcomes) gate.observe(outcome)
    expect([gate.isBlocked, told]).toEqual([false, []])
  })

  it('tells of trouble and recovery in turn, and is never blocked longer than it said', async () => {
    const step = fc.oneof(
      fc.constant(SENT),
      fc.option(fc.nat({ max: 10_000 }), { nil: undefined }).map(down),
      fc.nat({ max: 20_000 }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        const { gate, clock, told } = bench()
        for (const one of steps) {
          const wasBlocked = gate.isBlocked
          const until = gate.blockedUntil
          if (typeof one === 'number') await clock.jumpTo(clock.now() + one)
          else gate.observe(one)
          if (wasBlocked && typeof one !== 'number') expect(gate.blockedUntil).toBe(until)
          if (!wasBlocked && typeof one !== 'number' && one.type === 'retryable') expect(gate.isBlocked).toBe(true)
        }
        const recoveries = told.map((event) => !('retryAt' in (event as object)))
        recoveries.forEach((isRecovery, i) => {
          if (isRecovery) expect(recoveries[i - 1]).toBe(false)
        })
      }),
      { numRuns: 100 },
    )
  })
})
