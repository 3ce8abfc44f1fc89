import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { differenceOf } from './difference-of.js'

describe('differenceOf', () => {
  it('names each place', () => {
    const expected = { job: { status: 'paused', tags: ['a'] }, items: [{ seq: 0 }, { seq: 1, trail: 't' }] }
    const seen = { job: { status: 'paused', tags: [] }, items: [{ seq: 0 }, { seq: 1, code: 'X' }] }
    expect(differenceOf(expected, seen)?.split('\n')).toEqual([
      "job.tags[0]: expected 'a', seen undefined",
      "items[1].trail: expected 't', seen undefined",
      "items[1].code: expected undefined, seen 'X'",
    ])
  })

  it('says nothing of plain values', () => {
    expect(differenceOf(1, 2)).toBeUndefined()
    expect(differenceOf('a', 'b')).toBeUndefined()
    expect(differenceOf({ a: 1 }, undefined)).toBeUndefined()
  })

  it('looks into JSON, and compares text line by line', () => {
    const json = (value: unknown) => JSON.stringify(value, null, 1)
    expect(differenceOf(json({ a: { b: 1 } }), json({ a: { b: 2 } }))).toBe('a.b: expected 1, seen 2')
    expect(differenceOf('one\ntwo', 'one\nthree')).toBe("[1]: expected 'two', seen 'three'")
  })

  it('stops after a dozen', () => {
    const lines = differenceOf(Array(40).fill(0), Array(40).fill(1))?.split('\n') ?? []
    expect(lines).toHaveLength(13)
    expect(lines.at(-1)).toBe('… and 28 more')
  })

  it('is empty exactly for what is equal as JSON', () => {
    const value = fc.oneof(fc.object({ maxDepth: 3 }), fc.array(fc.jsonValue()))
    const json = (one: unknown) => JSON.parse(JSON.stringify(one))
    fc.assert(
      fc.property(value, value, (one, other) => {
        const [a, b] = [json(one), json(other)]
        expect(differenceOf(a, json(a))).toBe('')
        expect(differenceOf(a, b) === '').toBe(isDeepStrictEqual(a, b))
      }),
    )
  })
})
