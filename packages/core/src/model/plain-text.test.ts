import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyText } from '../domain/hostile.fixture.js'
import { isPlainText, plainText } from './plain-text.js'

describe('isPlainText', () => {
  it.each(['', 'ann', ' a b ', 'Åse 山田 \u{1f600}', '{{ x }}', '\u200b'])('is true for %j', (text) => {
    expect(isPlainText(text)).toBe(true)
  })

  it.each(['\0', 'a\nb', '\u007f', '\u0085', '\ud800', 'a\udc00'])('is false for %j', (text) => {
    expect(isPlainText(text)).toBe(false)
  })
})

describe('plainText', () => {
  it('leaves plain text as it is, but for white space around it', () => {
    expect(plainText(' Åse \u{1f600} ', 100)).toBe('Åse \u{1f600}')
  })

  it('makes any text plain, and cuts it', () => {
    expect(plainText('one\r\n\0two\u0085', 100)).toBe('one two')
    expect(plainText('ab\u{1f600}', 3)).toBe('ab\ufffd')
    fc.assert(
      fc.property(anyText, fc.nat({ max: 50 }), (text, limit) => {
        const plain = plainText(text, limit)
        expect(isPlainText(plain)).toBe(true)
        expect(plain.length).toBeLessThanOrEqual(limit)
        expect(plain).toBe(plain.trim())
        expect(plainText(plain, limit)).toBe(plain)
      }),
    )
  })
})
