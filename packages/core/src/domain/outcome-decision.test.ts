import { describe, expect, it } from 'vitest'
import type { SendOutcome } from '../channel/outcome.js'
import { ITEM_CODES } from '../model/item.js'
import type { Settlement } from '../storage/settlement.js'
import { type DecisionContext, decideCrash, decideOutcome } from './outcome-decision.js'
import { EMPTY_TRAIL, parseTrail } from './trail.js'

const NOW = 1_768_478_400_000
const POLICY = { maxAttempts: 3, baseDelayMs: 1_000, maxDelayMs: 60_000 }

function context(changes: Partial<DecisionContext> = {}): DecisionContext {
  return {
    seq: 7,
    attempts: 0,
    trail: EMPTY_TRAIL,
    channel: 'email',
    hasFallback: false,
    policy: POLICY,
    onUncertain: 'resend',
    now: NOW,
    random: 0.5,
    ...changes,
  }
}

const tried = (attempts: number): Partial<DecisionContext> => ({
  attempts,
  trail: { ...EMPTY_TRAIL, attempts: { email: attempts } },
})

describe('decideOutcome', () => {
  it('records what was sent, with the receipt', () => {
    expect(decideOutcome({ type: 'sent', receipt: 'r-1' }, context({ attempts: 2 }))).toEqual({
      seq: 7,
      to: 'enqueued',
      attempts: 3,
      channel: 'email',
      receipt: 'r-1',
    })
  })

  it('gives a rejected item its code and reason', () => {
    expect(decideOutcome({ type: 'rejected', code: 'SMTP_550', reason: 'no such user' }, context())).toEqual({
      seq: 7,
      to: 'error',
      attempts: 1,
      channel: 'email',
      code: 'SMTP_550',
      reason: 'no such user',
    })
  })

  it('takes the next channel at once when one fails for good, and says what failed', () => {
    const next = decideOutcome(
      { type: 'rejected', code: 'SMTP_550', reason: 'no such user' },
      context({ hasFallback: true }),
    )
    expect(next).toMatchObject({
      to: 'pending',
      attempts: 1,
      nextAttemptAt: NOW,
      reason: 'email: SMTP_550 no such user',
    })
    expect(parseTrail(next.trail)).toMatchObject({ attempts: { email: 1 }, failed: ['email'] })
  })

  it('waits longer each time, and gives up with the last attempt', () => {
    const busy: SendOutcome = { type: 'retryable', code: 'BUSY', reason: 'later' }
    expect(decideOutcome(busy, context())).toMatchObject({
      to: 'pending',
      attempts: 1,
      nextAttemptAt: NOW + 500,
      reason: 'BUSY later',
    })
    expect(decideOutcome(busy, context(tried(1)))).toMatchObject({
      to: 'pending',
      attempts: 2,
      nextAttemptAt: NOW + 1_000,
    })
    expect(decideOutcome(busy, context(tried(2)))).toMatchObject({
      to: 'error',
      attempts: 3,
      code: ITEM_CODES.attemptsExhausted,
      reason: 'attempt 3 of 3 failed: BUSY later',
    })
  })

  it('waits as long as the provider asks, if that is longer', () => {
    expect(decideOutcome({ type: 'retryable', retryAfterMs: 90_000 }, context()).nextAttemptAt).toBe(NOW + 90_000)
    expect(decideOutcome({ type: 'retryable', retryAfterMs: 1 }, context()).nextAttemptAt).toBe(NOW + 500)
  })

  it.each<[string, SendOutcome]>([
    ['a rate limit', { type: 'retryable', scope: 'provider', code: 'SMTP_421', retryAfterMs: 5_000 }],
    ['an attempt that never began', { type: 'retryable', code: 'ABORTED' }],
  ])('counts no attempt for %s, and does not come back at once', (_, outcome) => {
    const now = decideOutcome(outcome, context(tried(2)))
    expect(now).toMatchObject({ to: 'pending', attempts: 2, nextAttemptAt: NOW + 1_000 })
    expect(parseTrail(now.trail)).toEqual(tried(2).trail)
    const blocked = decideOutcome(outcome, context({ ...tried(2), providerBlockedUntil: NOW + 5_000 }))
    expect(blocked.nextAttemptAt).toBe(NOW + 5_000)
  })

  it('holds an item of unknown outcome where the job says so, with what is known', () => {
    const lost: SendOutcome = { type: 'unknown', code: 'SEND_TIMEOUT', reason: 'no answer in time' }
    expect(decideOutcome(lost, context({ onUncertain: 'hold', hasFallback: true }))).toEqual({
      seq: 7,
      to: 'uncertain',
      attempts: 1,
      channel: 'email',
      code: ITEM_CODES.outcomeUnknown,
      reason: 'SEND_TIMEOUT no answer in time',
    })
    expect(decideOutcome({ type: 'unknown' }, context({ onUncertain: 'hold' })).reason).toBe('no reason given')
  })

  it('sends an item of unknown outcome again until its attempts are used up, and then says that nobody knows', () => {
    const lost: SendOutcome = { type: 'unknown', reason: 'no answer' }
    expect(decideOutcome(lost, context())).toMatchObject({ to: 'pending', attempts: 1, nextAttemptAt: NOW + 500 })
    expect(decideOutcome(lost, context({ ...tried(2), hasFallback: true }))).toMatchObject({
      to: 'error',
      attempts: 3,
      code: ITEM_CODES.outcomeUnknown,
      reason: 'no answer',
    })
  })

  it('takes no other channel for what may have gone out on this one, and says so', () => {
    const { trail } = decideOutcome({ type: 'unknown' }, context({ hasFallback: true }))
    const rejected: SendOutcome = { type: 'rejected', code: 'SMTP_550', reason: 'no such user' }
    expect(
      decideOutcome(rejected, context({ attempts: 1, hasFallback: true, trail: parseTrail(trail) })),
    ).toMatchObject({
      to: 'error',
      code: 'SMTP_550',
      reason: 'no such user; an earlier attempt may have gone out',
    })
  })
})

describe('decideCrash', () => {
  const crash = (changes: Partial<DecisionContext> & { isClosed?: boolean } = {}): Settlement =>
    decideCrash({ isClosed: false, ...context(changes), ...changes })

  it('counts an attempt and sends again at once where the job says so', () => {
    const settlement = crash()
    expect(settlement).toMatchObject({
      to: 'pending',
      attempts: 1,
      nextAttemptAt: NOW,
      reason: 'the process ended while it was being sent',
    })
    expect(parseTrail(settlement.trail)).toEqual({ attempts: { email: 1 }, failed: [], crashes: 1, mayBeOut: true })
  })

  it('holds it where the job says so', () => {
    expect(crash({ onUncertain: 'hold' })).toMatchObject({
      to: 'uncertain',
      attempts: 1,
      code: ITEM_CODES.outcomeUnknown,
    })
  })

  it.each(['resend', 'hold'] as const)(
    'is uncertain in a closed job, with %s too: nothing goes out any more',
    (onUncertain) => {
      const settlement = crash({ onUncertain, isClosed: true })
      expect(settlement).toMatchObject({ to: 'uncertain', attempts: 1, code: ITEM_CODES.outcomeUnknown })
      expect(settlement.nextAttemptAt).toBeUndefined()
    },
  )

  it('ends when an item kills its process each time', () => {
    expect(crash(tried(2))).toMatchObject({ to: 'error', attempts: 3, code: ITEM_CODES.outcomeUnknown })
  })
})
