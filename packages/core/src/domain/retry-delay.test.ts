import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { retryPolicySchema } from '../model/delivery-options.js'
import { maxRetryDelayMs, retryDelayMs } from './retry-delay.js'

const YEAR_MS = 365 * 24 * 3_600_000
const ms = fc.oneof(fc.nat({ max: YEAR_MS }), fc.constantFrom(0, 1, 1_000, YEAR_MS))
const policies = fc.record({ maxAttempts: fc.integer({ min: 1, max: 1000 }), baseDelayMs: ms, maxDelayMs: ms })
const attempts = fc.oneof(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 12 }), fc.constant(1e9))

describe('maxRetryDelayMs', () => {
  it('by default is 1 s, doubled up to 1 h', () => {
    const policy = retryPolicySchema.parse({})
    const bounds = Array.from({ length: 14 }, (_, i) => maxRetryDelayMs(policy, i + 1) / 1_000)
    expect(bounds).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3600, 3600])
  })

  it('doubles with each attempt until the cap, and stays there', () => {
    fc.assert(
      fc.property(policies, attempts, (policy, n) => {
        const [bound, next] = [maxRetryDelayMs(policy, n), maxRetryDelayMs(policy, n + 1)]
        expect(maxRetryDelayMs(policy, 1)).toBe(Math.min(policy.baseDelayMs, policy.maxDelayMs))
        expect(next).toBe(Math.min(2 * bound, policy.maxDelayMs))
        expect(Number.isSafeInteger(bound)).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('retryDelayMs', () => {
  it('lies between 0 and its bound, in whole ms, whatever the source of randomness gives', () => {
    const random = fc.oneof(
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      fc.double(),
      fc.constantFrom(0, 1, -1, 2),
    )
    fc.assert(
      fc.property(policies, attempts, random, (policy, n, share) => {
        const delayMs = retryDelayMs(policy, n, share)
        expect(Number.isSafeInteger(delayMs)).toBe(true)
        expect(delayMs).toBeGreaterThanOrEqual(0)
        expect(delayMs).toBeLessThanOrEqual(maxRetryDelayMs(policy, n))
      }),
      { numRuns: 2_000 },
    )
  })

  it('is full jitter: every share of the bound is as likely as any other', () => {
    const policy = { maxAttempts: 5, baseDelayMs: 1_000, maxDelayMs: 3_600_000 }
    expect([0, 0.25, 0.5, 0.999].map((share) => retryDelayMs(policy, 3, share))).toEqual([0, 1_000, 2_000, 3_996])
  })
})
