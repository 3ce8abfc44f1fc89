import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromColumn, toColumn, toColumns } from './column-text.js'

/** Texts with many of the characters that Postgres can't hold, and of those that stand for them. */
const TEXT = fc.array(
  fc.constantFrom('a', '0', '\0', '\ufffe', '\ufffd', '\ud83d', '\udce3', '\ufffe0000', 'é', '\x1f'),
  {
    maxLength: 8,
  },
)

describe('texts on their way into a column', () => {
  it('come back as they were, and hold nothing that Postgres refuses', () => {
    fc.assert(
      fc.property(TEXT, (parts) => {
        const text = parts.join('')
        const stored = toColumn(text)
        expect(stored.isWellFormed()).toBe(true)
        expect(stored).not.toContain('\0')
        expect(fromColumn(stored)).toBe(text)
      }),
    )
  })

  it('come back from a list as they were, each in its place', () => {
    fc.assert(
      fc.property(fc.array(TEXT, { minLength: 1, maxLength: 5 }), (lists) => {
        const texts = lists.map((parts) => parts.join(''))
        const joined = toColumns(texts)
        expect(joined.isWellFormed()).toBe(true)
        expect(joined).not.toContain('\0')
        expect(joined.split('\x1f').map(fromColumn)).toEqual(texts)
      }),
    )
  })

  it('stay different', () => {
    fc.assert(
      fc.property(TEXT, TEXT, (a, b) => {
        expect(toColumn(a.join('')) === toColumn(b.join(''))).toBe(a.join('') === b.join(''))
      }),
    )
  })

  it('are stored as they are in nearly every case', () => {
    expect(toColumn('Jürgen 📣 <j@example.com>')).toBe('Jürgen 📣 <j@example.com>')
  })
})
