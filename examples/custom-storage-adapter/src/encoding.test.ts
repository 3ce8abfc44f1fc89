import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exact, num, ordered } from './encoding.js'

const anyText = fc.string({ unit: 'binary' })
const sign = (a: string | number, b: string | number) => (a < b ? -1 : Number(a > b))

describe('num', () => {
  it('sorts as whole numbers do', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.maxSafeNat(), (a, b) => {
        expect(sign(num(a), num(b))).toBe(sign(a, b))
      }),
    )
  })

  it('is due no sooner than a fraction of a millisecond is', () => {
    expect(num(10.2) > num(10)).toBe(true)
    expect(num(10.2)).toBe(num(11))
  })

  it('puts Infinity behind every instant', () => {
    expect(num(Number.POSITIVE_INFINITY) > num(Date.now())).toBe(true)
  })
})

describe('exact', () => {
  it('is never the start of another, and tells texts apart that UTF-8 makes one of', () => {
    fc.assert(
      fc.property(anyText, anyText, (a, b) => {
        expect(exact(a).startsWith(exact(b))).toBe(a === b)
      }),
    )
    const [one, other] = ['\ud800', '\udc00'].map((text) => Buffer.from(exact(text), 'utf8').toString('hex'))
    expect(one).not.toBe(other)
  })
})

describe('ordered', () => {
  it('sorts as texts do, lone surrogates included', () => {
    fc.assert(
      fc.property(anyText, anyText, (a, b) => {
        expect(sign(ordered(a), ordered(b))).toBe(sign(a, b))
      }),
    )
  })
})
