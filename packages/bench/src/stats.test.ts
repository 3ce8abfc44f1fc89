import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Result, Sample } from './result.js'
import { figure, median, ratioOf, resultOf } from './stats.js'

const KEY = { work: 'drain', system: 'bare-sqlite', variant: 'sendBatch', n: 10, node: 'v20.0.0' }

function resultWith(rates: readonly (readonly [round: number, rate: number])[]): Result {
  return resultOf(
    KEY,
    rates.map(([round, rate]): Sample => ({ round, itemsPerSecond: rate, rssMb: null, figures: { ms: 1_000 / rate } })),
  )
}

describe('median', () => {
  it('has as many values below it as above it', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1_000, max: 1_000 }), { minLength: 1 }), (values) => {
        const middle = median(values)
        const below = values.filter((value) => value < middle).length
        const above = values.filter((value) => value > middle).length
        expect(Math.abs(below - above)).toBeLessThanOrEqual(values.filter((value) => value === middle).length)
      }),
    )
  })
})

describe('ratioOf', () => {
  it('compares what was measured in the same round, whatever the machine did between rounds', () => {
    const fast = resultWith([
      [1, 200],
      [2, 20],
      [3, 2_000],
    ])
    const slow = resultWith([
      [3, 1_000],
      [1, 100],
      [2, 10],
    ])
    expect(ratioOf(fast, slow)).toBe(2)
    expect(ratioOf(fast, slow, figure('ms'))).toBeCloseTo(0.5)
  })

  it('is none where no round is shared', () => {
    expect(ratioOf(resultWith([[1, 5]]), resultWith([[2, 5]]))).toBeUndefined()
    expect(ratioOf(undefined, resultWith([[2, 5]]))).toBeUndefined()
  })
})

describe('resultOf', () => {
  it('takes the median of each figure, and none of what was not measured', () => {
    const result = resultWith([
      [1, 10],
      [2, 1_000],
      [3, 20],
    ])
    expect(result).toMatchObject({ ...KEY, itemsPerSecond: 20, rssMb: null, figures: { ms: 50 } })
  })
})
