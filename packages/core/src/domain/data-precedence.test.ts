import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mergeData } from './data-precedence.js'
import { anyKey, bagOf } from './hostile.fixture.js'

const bag = fc.option(bagOf(fc.oneof(fc.integer(), fc.record({ deep: fc.integer() }))), { nil: undefined })

describe('mergeData', () => {
  it('has each name from the last bag that has it, whatever the name', () => {
    fc.assert(
      fc.property(fc.array(bag, { maxLength: 5 }), fc.array(anyKey), (bags, asked) => {
        const merged = mergeData(...bags)
        const model = new Map(bags.flatMap((one) => Object.entries(one ?? {})))
        expect(new Set(Object.keys(merged))).toEqual(new Set(model.keys()))
        for (const name of [...model.keys(), ...asked]) expect(merged[name]).toBe(model.get(name))
      }),
      { numRuns: 1_000 },
    )
  })

  it('does not merge what is inside', () => {
    expect({ ...mergeData({ a: { x: 1 }, b: 1 }, { a: { y: 2 } }) }).toEqual({ a: { y: 2 }, b: 1 })
  })

  it('has no names but those of the bags, not even after a hostile one', () => {
    const merged = mergeData(JSON.parse('{"__proto__":{"isAdmin":true},"constructor":{"prototype":{"isAdmin":true}}}'))
    expect(Object.keys(merged)).toEqual(['__proto__', 'constructor'])
    expect(merged.isAdmin).toBeUndefined()
    expect(merged.toString).toBeUndefined()
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined()
  })

  it('leaves the bags as they are, and later changes to them make no difference', () => {
    const first = { a: 1 }
    const merged = mergeData(Object.freeze({ b: 1 }), first)
    first.a = 2
    expect(merged.a).toBe(1)
  })
})
