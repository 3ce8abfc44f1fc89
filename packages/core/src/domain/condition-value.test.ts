import { toDate } from 'date-fns/toDate'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareValues, equalsOneOf, foldCase, instantOfValue } from './condition-value.js'
import { anyText, anyValue } from './hostile.fixture.js'

const day = 86_400_000
const instant = fc.integer({ min: -(2 ** 45), max: 2 ** 45 })
const spelled = instant.chain((at) => fc.constantFrom<unknown>(at, toDate(at), toDate(at).toISOString()))

describe('instantOfValue', () => {
  it.each([
    ['1970-01-02', day],
    ['1970-01-02T00:00:00Z', day],
    ['1970-01-02 00:00:00', day],
    ['1970-01-02T01:00:00.5+01:00', day + 500],
    ['1970-01-02T01:00:00+0100', day],
    ['+001970-01-02T00:00Z', day],
    [toDate(day), day],
    [day, day],
    ['1970-02-30', undefined],
    ['1970-01-02x', undefined],
    ['1970', undefined],
    ['Piotr', undefined],
    ['', undefined],
    [true, undefined],
    [null, undefined],
    [[day], undefined],
    [{}, undefined],
  ])('of %j is %j', (value, expected) => {
    expect(instantOfValue(value)).toBe(expected)
  })

  it('reads what the platform writes', () => {
    fc.assert(
      fc.property(instant, (at) => {
        expect(instantOfValue(toDate(at).toISOString())).toBe(at)
      }),
    )
  })

  it('never throws', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, anyValue), (value) => {
        expect(['number', 'undefined']).toContain(typeof instantOfValue(value))
      }),
    )
  })
})

describe('compareValues', () => {
  it('compares instants, however they are written', () => {
    fc.assert(
      fc.property(spelled, instant, fc.boolean(), (actual, at, asText) => {
        const expected = asText ? toDate(at).toISOString() : at
        expect(Math.sign(compareValues(actual, expected))).toBe(Math.sign((instantOfValue(actual) ?? 0) - at))
      }),
    )
  })

  it('compares other texts by their code units', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, other) => {
        fc.pre(instantOfValue(one) === undefined)
        expect(compareValues(one, other)).toBe(one < other ? -1 : one > other ? 1 : 0)
      }),
    )
  })

  it.each<[unknown, string | number]>([
    ['5', 5],
    [5, '5'],
    [true, 1],
    [null, 0],
    [undefined, ''],
    [Number.NaN, 1],
    [toDate(Number.NaN), 1],
    [[1], 1],
    [{}, 'a'],
    [1_000, 'Piotr'],
  ])('does not compare %j with %j', (actual, expected) => {
    expect(compareValues(actual, expected)).toBeNaN()
  })

  it('compares what is beyond all numbers', () => {
    expect(compareValues(Number.POSITIVE_INFINITY, 1)).toBe(1)
    expect(compareValues(Number.NEGATIVE_INFINITY, 1)).toBe(-1)
  })
})

describe('equalsOneOf', () => {
  it('finds a value among others, and does not find what is not there', () => {
    const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean())
    fc.assert(
      fc.property(fc.array(scalar), scalar, (list, value) => {
        fc.pre(list.every((one) => typeof one !== 'string' || instantOfValue(one) === undefined))
        expect(equalsOneOf(list)(value)).toBe(list.includes(value))
        expect(equalsOneOf([...list, value])(value)).toBe(true)
      }),
    )
  })

  it('finds the same instant, however it is written', () => {
    const isNewYear = equalsOneOf(['2018-01-01', 'Piotr'])
    const at = 1_514_764_800_000
    for (const same of ['2018-01-01', '2018-01-01T01:00:00+01:00', at, toDate(at)]) expect(isNewYear(same)).toBe(true)
    for (const other of ['2018-01-02', '2018', at + 1, 'piotr', null, undefined, {}])
      expect(isNewYear(other)).toBe(false)
  })

  it.each([
    ['1', 1],
    [1, '1'],
    [true, 'true'],
    [0, false],
    ['', 0],
  ])('holds %j and %j apart', (expected, actual) => {
    expect(equalsOneOf([expected])(actual)).toBe(false)
  })
})

describe('foldCase', () => {
  it.each([
    ['PIOTR', 'piotr'],
    ['José', 'jose\u0301'],
    ['ÅSE', 'a\u030ase'],
  ])('makes the same of %j and %j', (one, other) => {
    expect(foldCase(one)).toBe(foldCase(other))
  })

  it('takes little time for any text', () => {
    // Composed, this would take seconds.
    expect(foldCase('e\u0301'.repeat(500_000))).toHaveLength(1_000_000)
    fc.assert(
      fc.property(anyText, (text) => {
        expect(typeof foldCase(text)).toBe('string')
      }),
    )
  })
})
