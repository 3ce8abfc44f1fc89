import { describe, expect, it } from 'vitest'
import { isSeq, lastSeqUpTo } from './item-seq.js'

describe('the number of an item', () => {
  it('is whole, and one that is exact', () => {
    expect([0, 7, Number.MAX_SAFE_INTEGER].map(isSeq)).toEqual([true, true, true])
    expect([-1, 0.5, 1e30, Number.NaN, Number.POSITIVE_INFINITY].map(isSeq)).toEqual(Array(5).fill(false))
  })

  it('is the last up to any bound', () => {
    expect([7, 7.9, 0.5, -0.5, -9, Number.NaN].map(lastSeqUpTo)).toEqual([7, 7, 0, -1, -1, -1])
    expect([1e30, Number.POSITIVE_INFINITY].map(lastSeqUpTo)).toEqual(Array(2).fill(Number.MAX_SAFE_INTEGER))
  })
})
