import { describe, expect, it } from 'vitest'
import { batchesOf, people } from './people.js'

describe('people', () => {
  it('are about 200 bytes each, and all different', () => {
    const some = [...people({ count: 5_000, seed: 1 })]
    expect(new Set(some.map(({ to }) => to.email)).size).toBe(5_000)
    for (const person of some.slice(0, 50)) {
      expect(JSON.stringify(person).length).toBeGreaterThan(180)
      expect(JSON.stringify(person).length).toBeLessThan(220)
    }
  })

  it('are the same for the same seed, and others for another', () => {
    expect([...people({ count: 10, seed: 3 })]).toEqual([...people({ count: 10, seed: 3 })])
    expect([...people({ count: 10, seed: 3 })]).not.toEqual([...people({ count: 10, seed: 4 })])
  })
})

describe('batchesOf', () => {
  it('cuts without losing or adding anybody', () => {
    expect([...batchesOf([1, 2, 3, 4, 5], 2)]).toEqual([[1, 2], [3, 4], [5]])
    expect([...batchesOf([1, 2], 2)]).toEqual([[1, 2]])
    expect([...batchesOf([], 2)]).toEqual([])
  })
})
