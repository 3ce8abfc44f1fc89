import { describe, expect, it } from 'vitest'
import { TRAPS } from '../domain/hostile.fixture.js'
import { isPlainText } from './plain-text.js'
import { thrownReason } from './thrown-reason.js'

describe('thrownReason', () => {
  it.each<[unknown, string]>([
    [new Error('connection reset'), 'connection reset'],
    [new RangeError(''), 'RangeError'],
    [Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' }), 'ECONNREFUSED'],
    ['down', 'down'],
    ['', 'no reason given'],
    ['\0', 'no reason given'],
    [null, 'null'],
    [7n, '7'],
    [Symbol('x'), 'Symbol(x)'],
    [Object.create(null), 'an object that cannot be read'],
  ])('of %o is %j', (thrown, reason) => {
    expect(thrownReason(thrown)).toBe(reason)
  })

  it.each(TRAPS)('is bounded plain text for %s', (_, make) => {
    const reason = thrownReason(make())
    expect(reason.length).toBeGreaterThan(0)
    expect(reason.length).toBeLessThanOrEqual(500)
    expect(isPlainText(reason)).toBe(true)
  })
})
