import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SendOutcome } from '../channel/outcome.js'
import { anyKey, anyText, anyValue, TRAPS } from './hostile.fixture.js'
import { outcomeOfThrow, readOutcome } from './send-outcome.js'

const WEEK_MS = 7 * 24 * 3_600_000

/** What storage and the rest of the engine rely on, whatever a provider says. */
function expectSound(outcome: SendOutcome): void {
  expect(['sent', 'retryable', 'rejected', 'unknown']).toContain(outcome.type)
  const { code, reason, receipt } = outcome as { code?: unknown; reason?: unknown; receipt?: unknown }
  for (const text of [code, reason, receipt]) {
    if (text === undefined) continue
    if (typeof text !== 'string') throw new Error('is no text')
    expect(text.length).toBeGreaterThan(0)
    expect(text.length).toBeLessThanOrEqual(text === code ? 64 : 500)
    expect(text.isWellFormed()).toBe(true)
    expect(text).not.toMatch(/\p{Cc}/u)
    expect(text).toBe(text.trim())
  }
  if (code !== undefined) expect(code).toMatch(/^[\w.:-]+$/)
  if (outcome.type === 'rejected') expect([code, reason]).not.toContain(undefined)
  if (outcome.type !== 'retryable') return
  expect(['item', 'provider']).toContain(outcome.scope)
  if (outcome.retryAfterMs === undefined) return
  expect(Number.isSafeInteger(outcome.retryAfterMs)).toBe(true)
  expect(outcome.retryAfterMs).toBeGreaterThanOrEqual(0)
  expect(outcome.retryAfterMs).toBeLessThanOrEqual(WEEK_MS)
}

describe('readOutcome', () => {
  it.each<[unknown, SendOutcome]>([
    [{ type: 'sent' }, { type: 'sent' }],
    [
      { type: 'sent', receipt: '<1@example.com>' },
      { type: 'sent', receipt: '<1@example.com>' },
    ],
    [
      { type: 'sent', receipt: 17 },
      { type: 'sent', receipt: '17' },
    ],
    [
      { type: 'sent', receipt: 9_007_199_254_740_993n },
      { type: 'sent', receipt: '9007199254740993' },
    ],
    [{ type: 'sent', receipt: Number.NaN }, { type: 'sent' }],
    [
      { type: 'rejected', code: 550, reason: 'no such user' },
      { type: 'rejected', code: '550', reason: 'no such user' },
    ],
    [{ type: 'rejected' }, { type: 'rejected', code: 'REJECTED', reason: 'no reason given' }],
    [
      { type: 'rejected', code: 'no such user!', reason: ' line\r\none\0\u0085 ' },
      { type: 'rejected', code: 'no_such_user_', reason: 'line one' },
    ],
    [{ type: 'retryable' }, { type: 'retryable', scope: 'item' }],
    [
      { type: 'retryable', scope: 'provider', retryAfterMs: 1.2, code: 'SMTP_421' },
      { type: 'retryable', scope: 'provider', retryAfterMs: 2, code: 'SMTP_421' },
    ],
    [
      { type: 'retryable', scope: 'world' },
      { type: 'retryable', scope: 'item' },
    ],
    [
      { type: 'unknown', code: 'LOST' },
      { type: 'unknown', code: 'LOST' },
    ],
  ])('reads %o', (answer, outcome) => {
    expect(readOutcome(answer)).toEqual(outcome)
  })

  it.each([
    [-1, undefined],
    [Number.NaN, undefined],
    ['5', undefined],
    [{}, undefined],
    [5n, undefined],
    [0, 0],
    [1e15, WEEK_MS],
    [Number.POSITIVE_INFINITY, WEEK_MS],
    [Number.NEGATIVE_INFINITY, undefined],
  ])('takes a delay of %s for %s', (retryAfterMs, taken) => {
    expect(readOutcome({ type: 'retryable', retryAfterMs })).toMatchObject({ retryAfterMs: taken })
  })

  it.each<[unknown, string]>([
    [undefined, 'the provider answered undefined, which is no outcome'],
    [null, 'the provider answered null, which is no outcome'],
    [true, 'the provider answered true, which is no outcome'],
    ['250 ok', 'the provider answered "250 ok", which is no outcome'],
    [[{ type: 'sent' }], 'the provider answered a list, which is no outcome'],
    [{ ok: true }, 'the provider answered an object whose type is undefined, which is no outcome'],
    [{ type: 'Sent' }, 'the provider answered an object whose type is "Sent", which is no outcome'],
  ])('believes nothing else, and says what it was: %o', (answer, reason) => {
    expect(readOutcome(answer)).toEqual({ type: 'unknown', code: 'PROVIDER_CONTRACT', reason })
  })

  it('reads each field once, so that it can’t change in between', () => {
    let reads = 0
    const answer = {
      type: 'rejected',
      get code() {
        reads += 1
        return reads === 1 ? 'A' : { evil: true }
      },
    }
    expect(readOutcome(answer)).toMatchObject({ code: 'A' })
    expect(reads).toBe(1)
  })

  it.each(TRAPS)('does not trust %s', (_, make) => {
    expectSound(readOutcome(make()))
    expect(readOutcome(make())).toMatchObject({ type: 'unknown', code: 'PROVIDER_CONTRACT' })
    for (const type of ['sent', 'retryable', 'rejected', 'unknown'] as const) {
      const answer = { type, code: make(), reason: make(), receipt: make(), retryAfterMs: make(), scope: make() }
      expectSound(readOutcome(answer))
      expect(readOutcome(answer).type).toBe(type)
    }
  })

  it('is sound for any value', () => {
    const text = fc.oneof(anyText, anyValue)
    const like = fc.record(
      {
        type: fc.oneof(
          { weight: 4, arbitrary: fc.constantFrom('sent', 'retryable', 'rejected', 'unknown') },
          { weight: 1, arbitrary: anyKey },
        ),
        code: text,
        reason: text,
        receipt: text,
        retryAfterMs: fc.oneof(fc.double(), anyValue),
        scope: text,
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(fc.oneof(like, anyValue), (answer) => {
        expectSound(readOutcome(answer))
      }),
      { numRuns: 2_000 },
    )
  })

  it('takes no time over an answer of ten million characters', { timeout: 1_000 }, () => {
    const long = '\0é '.repeat(3_000_000)
    expectSound(readOutcome({ type: 'rejected', code: long, reason: long }))
    expectSound(readOutcome(long))
  })
})

describe('outcomeOfThrow', () => {
  it.each<[unknown, string]>([
    [new Error('connection reset'), 'connection reset'],
    [new TypeError(''), 'TypeError'],
    [Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' }), 'ECONNREFUSED'],
    ['down', 'down'],
    [undefined, 'undefined'],
    [new Error('line\r\none'), 'line one'],
    [Object.create(null), 'an object that cannot be read'],
  ])('says what was thrown: %o', (error, reason) => {
    expect(outcomeOfThrow(error)).toEqual({ type: 'unknown', code: 'PROVIDER_THREW', reason })
  })

  it.each(TRAPS)('is sound for %s', (_, make) => {
    const outcome = outcomeOfThrow(make())
    expectSound(outcome)
    expect(outcome).toMatchObject({ type: 'unknown', code: 'PROVIDER_THREW', reason: expect.any(String) })
  })

  it('is sound for any value', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          anyValue,
          anyText.map((text) => new Error(text)),
        ),
        (error) => {
          expectSound(outcomeOfThrow(error))
        },
      ),
    )
  })
})
