import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyText } from './hostile.fixture.js'
import { decodeCursor, encodeCursor } from './list-cursor.js'

const part = fc.oneof(
  anyText,
  fc.maxSafeInteger(),
  fc.double({ noDefaultInfinity: true, noNaN: true }).filter((n) => !Object.is(n, -0)),
)
const shapeOf = (parts: readonly (string | number)[]): ('string' | 'number')[] =>
  parts.map((one) => (typeof one === 'string' ? 'string' : 'number'))

describe('cursor', () => {
  it('says where a page ended, exactly, and can stand in an address as it is', () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 4 }), (parts) => {
        const cursor = encodeCursor(parts)
        expect(decodeCursor(cursor, shapeOf(parts))).toEqual(parts)
        expect(cursor).toMatch(/^[\w.!~*'()%-]*$/)
      }),
    )
  })

  it.each<[string, ('string' | 'number')[]]>([
    ['', ['number']],
    ['page 2', ['number']],
    ['%', ['number']],
    ['7', ['number']],
    ['null', ['number']],
    ['{}', ['number']],
    ['{"length":1,"0":7}', ['number']],
    ['[]', ['number']],
    ['["7"]', ['number']],
    ['[7]', ['string']],
    ['[7,8]', ['number']],
    ['[null]', ['number']],
    ['[1e999]', ['number']],
    ['[-1e999]', ['number']],
    ['[[7]]', ['number']],
    [`${'['.repeat(100_000)}`, ['number']],
    [`${'['.repeat(100_000)}${']'.repeat(100_000)}`, ['number']],
  ])('is refused where no page gave it out: %.20s', (cursor, shape) => {
    expect(() => decodeCursor(cursor, shape)).toThrow(
      expect.objectContaining({ name: 'BroadsideError', code: 'CURSOR_INVALID' }),
    )
  })

  it('is refused with what it was, in a bounded message, and with what to do', () => {
    expect(() => decodeCursor('page 2', ['number'])).toThrow(
      'The cursor "page 2" is not one that a page gave out. Start without a cursor.',
    )
    const refused = (() => {
      try {
        return decodeCursor('\0'.repeat(100_000), ['number'])
      } catch (error) {
        return (error as Error).message
      }
    })()
    expect(refused.length).toBeLessThan(600)
  })

  it('has the shape that was asked for or is refused, for any text', () => {
    const shapes = fc.array(fc.constantFrom('string' as const, 'number' as const), { maxLength: 3 })
    fc.assert(
      fc.property(fc.oneof(anyText, fc.json(), fc.array(part).map(encodeCursor)), shapes, (cursor, shape) => {
        let parts: (string | number)[]
        try {
          parts = decodeCursor(cursor, shape)
        } catch (error) {
          expect(error).toMatchObject({ code: 'CURSOR_INVALID' })
          return
        }
        expect(shapeOf(parts)).toEqual(shape)
        expect(parts.every((one) => typeof one === 'string' || Number.isFinite(one))).toBe(true)
      }),
    )
  })
})
