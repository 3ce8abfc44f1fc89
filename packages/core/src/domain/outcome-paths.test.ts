import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SendOutcome } from '../channel/outcome.js'
import type { Settlement } from '../storage/settlement.js'
import { waysLeft } from './channel-choice.js'
import { type DecisionContext, decideCrash, decideOutcome } from './outcome-decision.js'
import { attemptsOn, parseTrail } from './trail.js'

// The life of an item from its first attempt to its end, over all outcomes, policies and channels.

const NOW = 1_768_478_400_000

type Step = SendOutcome | 'crash'

const CHANNELS = ['email', 'sms', '__proto__', 'constructor']
const words = fc.option(fc.constantFrom('BUSY', 'SMTP_550', 'no'), { nil: undefined })
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ type: fc.constant('sent' as const), receipt: words }) },
  { weight: 2, arbitrary: fc.constant<Step>({ type: 'rejected', code: 'SMTP_550', reason: 'no such user' }) },
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant('retryable' as const),
      code: fc.oneof(words, fc.constant('ABORTED')),
      reason: words,
      retryAfterMs: fc.option(fc.nat({ max: 7 * 24 * 3_600_000 }), { nil: undefined }),
      scope: fc.constantFrom('item' as const, 'provider' as const, undefined),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('unknown' as const), code: words, reason: words }) },
  { weight: 1, arbitrary: fc.constant<Step>('crash') },
)

interface Item extends Pick<DecisionContext, 'policy' | 'onUncertain' | 'random'> {
  readonly channels: readonly string[]
  /** What becomes of its attempts, one after the other; after that, no attempt works. */
  readonly steps: readonly Step[]
}

interface Attempt {
  readonly step: Step
  readonly channel: string
  readonly before: number
  readonly now: number
  readonly settlement: Settlement
}

const items: fc.Arbitrary<Item> = fc.record({
  channels: fc.uniqueArray(fc.constantFrom(...CHANNELS), { minLength: 1 }),
  policy: fc.record({
    maxAttempts: fc.integer({ min: 1, max: 5 }),
    baseDelayMs: fc.nat({ max: 10_000 }),
    maxDelayMs: fc.nat({ max: 100_000 }),
  }),
  onUncertain: fc.constantFrom('resend', 'hold'),
  random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  steps: fc.array(step, { maxLength: 60 }),
})

/** The life of an item, as the engine brings it about: each attempt on the first channel that is left, the trail kept as text. */
function* lifeOf({ channels, steps, ...rules }: Item): Generator<Attempt, void, undefined> {
  let [before, now]: [number, number] = [0, NOW]
  let trailText: string | undefined
  const untilTheEnd: readonly Step[] = [...steps, ...new Array<Step>(5 * CHANNELS.length).fill({ type: 'retryable' })]
  for (const one of untilTheEnd) {
    const trail = parseTrail(trailText)
    const [channel = 'none', ...others] = waysLeft(channels, { failed: trail.failed, wayOn: (one) => one })
    const hasFallback = others.length > 0
    const at: DecisionContext = { ...rules, seq: 7, attempts: before, trail, channel, hasFallback, now }
    const settlement = one === 'crash' ? decideCrash({ ...at, isClosed: false }) : decideOutcome(one, at)
    yield { step: one, channel, before, now, settlement }
    if (settlement.to !== 'pending') return
    before = settlement.attempts
    now = settlement.nextAttemptAt ?? now
    trailText = settlement.trail
  }
}

const isUnknown = (one: Step): boolean => one === 'crash' || one.type === 'unknown'
const isCounted = (one: Step): boolean =>
  one === 'crash' || one.type !== 'retryable' || !(one.scope === 'provider' || one.code === 'ABORTED')

describe('every path of an item', () => {
  const onEveryPath = (check: (attempts: readonly Attempt[], item: Item) => void): void => {
    fc.assert(
      fc.property(items, (item) => {
        check([...lifeOf(item)], item)
      }),
      { numRuns: 1_000 },
    )
  }

  it('ends, within as many counted attempts as its channels have together', () => {
    onEveryPath((attempts, { channels, policy }) => {
      expect(attempts.at(-1)?.settlement.to).not.toBe('pending')
      expect(attempts.at(-1)?.settlement.attempts).toBeLessThanOrEqual(channels.length * policy.maxAttempts)
    })
  })

  it('counts each attempt once, but for those that say nothing about the item, and no channel has more than its own', () => {
    onEveryPath((attempts, { policy }) => {
      const onChannel = new Map<string, number>()
      for (const { step: one, channel, before, settlement } of attempts) {
        expect(settlement.attempts).toBe(before + Number(isCounted(one)))
        onChannel.set(channel, (onChannel.get(channel) ?? 0) + Number(isCounted(one)))
        const { trail } = settlement
        if (trail !== undefined) expect(attemptsOn(parseTrail(trail), channel)).toBe(onChannel.get(channel))
      }
      expect(Math.max(...onChannel.values())).toBeLessThanOrEqual(policy.maxAttempts)
    })
  })

  it('settles with all that its status needs and nothing else', () => {
    onEveryPath((attempts) => {
      for (const { channel, now, settlement } of attempts) {
        const { seq, to, nextAttemptAt, code, reason } = settlement
        expect([seq, settlement.channel]).toEqual([7, channel])
        expect(['pending', 'enqueued', 'error', 'uncertain']).toContain(to)
        expect(nextAttemptAt !== undefined).toBe(to === 'pending')
        if (nextAttemptAt !== undefined) expect(nextAttemptAt).toBeGreaterThanOrEqual(now)
        expect(Boolean(code)).toBe(to === 'error' || to === 'uncertain')
        if (code !== undefined) expect(reason).toBeTruthy()
      }
    })
  })

  it('has every channel in the job’s order, and leaves none that has not failed for good', () => {
    onEveryPath((attempts, { channels }) => {
      const used = [...new Set(attempts.map(({ channel }) => channel))]
      expect(used).toEqual(channels.slice(0, used.length))
      attempts.slice(1).forEach(({ channel }, i) => {
        const last = attempts[i]
        if (last !== undefined && last.channel !== channel) {
          expect(parseTrail(last.settlement.trail).failed).toContain(last.channel)
        }
      })
    })
  })

  it('never takes another channel once an outcome is unknown', () => {
    onEveryPath((attempts) => {
      const first = attempts.findIndex(({ step: one }) => isUnknown(one))
      const after = first < 0 ? [] : attempts.slice(first)
      expect(new Set(after.map(({ channel }) => channel)).size).toBeLessThanOrEqual(1)
    })
  })

  it('with hold never sends again what may have gone out', () => {
    onEveryPath((attempts, { onUncertain }) => {
      for (const { step: one, settlement } of attempts) {
        if (onUncertain === 'hold') expect(settlement.to === 'uncertain').toBe(isUnknown(one))
        else expect(settlement.to).not.toBe('uncertain')
      }
    })
  })

  it('ends where it is sent, and as an error where every channel has rejected it', () => {
    onEveryPath((attempts, { channels }) => {
      const last = attempts.at(-1)
      expect(last?.settlement.to === 'enqueued').toBe(last?.step !== 'crash' && last?.step.type === 'sent')
      const isRejected = attempts.every(({ step: one }) => one !== 'crash' && one.type === 'rejected')
      if (isRejected) expect([attempts.length, last?.settlement.to]).toEqual([channels.length, 'error'])
    })
  })
})
