import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyText } from '../domain/hostile.fixture.js'
import type { Storage } from '../storage/storage.js'
import { hashOf, Idempotency, keyReused } from './idempotency.js'
import { manualClock } from './manual-clock.js'

const START = 1_768_478_400_000
const DAY_MS = 24 * 3_600_000

// What is tested here writes nothing; the rest is in test/idempotency.test.ts.
const idempotency = new Idempotency({
  storage: {} as Storage,
  clock: manualClock(START),
  token: () => 't',
  leaseMs: 30_000,
  keepMs: DAY_MS,
})

const onceOf = (operation: string, target: string, idempotencyKey: string, request: unknown = null) =>
  idempotency.once({ operation, target, request }, idempotencyKey)

describe('hashOf', () => {
  it('differs for different lists of texts, also where they run together', () => {
    const texts = fc.array(fc.string({ unit: fc.constantFrom('a', '\n', ':', '1', '2') }), { maxLength: 4 })
    fc.assert(
      fc.property(texts, texts, (one, other) => {
        expect(hashOf(...one) === hashOf(...other)).toBe(JSON.stringify(one) === JSON.stringify(other))
      }),
      { numRuns: 1_000 },
    )
    expect(hashOf('a\nb')).not.toBe(hashOf('a', 'b'))
    expect(hashOf('')).not.toBe(hashOf())
  })
})

describe('once', () => {
  it('is scoped to operation and target', () => {
    const name = fc.constantFrom('a', 'b', ':', 'a:', ':b', 'a:b', '"', 'a","b')
    const scope = fc.tuple(name, name, name)
    fc.assert(
      fc.property(scope, scope, (one, other) => {
        const isSame = one.every((part, i) => part === other[i])
        expect(onceOf(...one).key === onceOf(...other).key).toBe(isSame)
      }),
    )
    expect(onceOf('run', 'job:1', 'k').key).not.toBe(onceOf('run', 'job', '1:k').key)
  })

  it('tells a repeat from another request', () => {
    const hash = (request: unknown): string => onceOf('create', '', 'k', request).requestHash
    expect(hash({ a: 1, b: [2] })).toBe(hash({ a: 1, b: [2] }))
    expect(hash({ a: 1 })).not.toBe(hash({ a: '1' }))
  })

  it('is kept for as long as was asked for', () => {
    expect(onceOf('run', 'job_1', 'k')).toMatchObject({ now: START, keepUntil: START + DAY_MS })
  })

  it('takes any visible text up to 255 characters as a key, and refuses the rest', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, fc.string({ minLength: 250, maxLength: 260 })), (key) => {
        const isFine = key.length > 0 && key.length <= 255 && key.isWellFormed() && !/\p{Cc}/u.test(key)
        if (isFine) expect(onceOf('run', 'job_1', key).key).toContain('job_1')
        else
          expect(() => onceOf('run', 'job_1', key)).toThrow(
            /^idempotencyKey must be text of 1 to 255 visible characters/,
          )
      }),
    )
    for (const key of [7, null, {}]) {
      expect(() => onceOf('run', 'job_1', key as never)).toThrow(
        expect.objectContaining({
          code: 'INVALID_INPUT',
          issues: [{ path: ['idempotencyKey'], message: expect.any(String) }],
        }),
      )
    }
  })
})

describe('keyReused', () => {
  it('says what the key was used for, and what to do', () => {
    expect(keyReused('run', 'job_1')).toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
      message: 'This idempotency key was used for another run on job_1. Use a new key for a new request.',
    })
    expect(keyReused('create', '').message).toContain('another create.')
  })
})
