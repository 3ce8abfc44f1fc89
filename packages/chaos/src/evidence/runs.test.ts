import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RunSet, runsOf } from './runs.js'

describe('runs', () => {
  it('are short where numbers follow each other', () => {
    expect(runsOf([7, 3, 4, 5, 9, 8])).toBe('3-5,7-9')
    expect(runsOf([])).toBe('')
  })

  it('hold exactly the numbers they were made of', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(60)), (numbers) => {
        const set = new RunSet(runsOf(numbers))
        for (let number = -1; number <= 62; number++) expect(set.has(number)).toBe(numbers.includes(number))
        expect(set.size).toBe(numbers.length)
      }),
    )
  })
})
