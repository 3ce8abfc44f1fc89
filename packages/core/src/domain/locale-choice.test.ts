import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyText } from './hostile.fixture.js'
import { chooseLocale } from './locale-choice.js'

const tags = fc
  .array(fc.constantFrom('en', 'nb', 'zh', 'Hant', 'US', 'TW', 'x'), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join('-'))

describe('chooseLocale', () => {
  it.each<[string | undefined, string[], string | undefined]>([
    ['en_US', ['en', 'en-US', 'nb'], 'en-US'],
    [' EN-us ', ['en', 'en_US'], 'en_US'],
    ['en-GB', ['nb', 'en'], 'en'],
    ['nb_NO', ['nb'], 'nb'],
    ['zh-Hant-TW', ['zh', 'zh-Hant', 'zh-Hans'], 'zh-Hant'],
    ['zh-Hant-TW', ['zh-TW', 'zh'], 'zh'],
    ['en', ['en-US'], undefined],
    ['en-GB', ['en-US'], undefined],
    ['eng', ['en'], undefined],
    ['fr', ['en', 'nb'], undefined],
    ['fr', [], undefined],
    ['', ['', 'en'], undefined],
    ['-', ['', 'en'], undefined],
    [undefined, ['en'], undefined],
    ['constructor', ['en'], undefined],
  ])('for %j of %j is %j', (wanted, available, chosen) => {
    expect(chooseLocale(available, wanted)).toBe(chosen)
  })

  it('is the first of the wanted tag and what is left of it, part by part from its end', () => {
    fc.assert(
      fc.property(fc.array(tags), tags, (available, wanted) => {
        const parts = wanted.split('-')
        const lookup = parts.map((_, i) =>
          parts
            .slice(0, parts.length - i)
            .join('-')
            .toLowerCase(),
        )
        const expected = lookup.find((tag) => available.some((one) => one.toLowerCase() === tag))
        expect(chooseLocale(available, wanted)?.toLowerCase()).toBe(expected)
      }),
    )
  })

  it('makes no difference between spellings of a tag', () => {
    fc.assert(
      fc.property(fc.array(tags), tags, (available, wanted) => {
        const spelt = ` ${wanted.toUpperCase().replaceAll('-', '_')} `
        expect(chooseLocale(available, spelt)).toBe(chooseLocale(available, wanted))
      }),
    )
  })

  it('is one of those available or none, for any texts', () => {
    fc.assert(
      fc.property(fc.array(anyText), anyText, (available, wanted) => {
        expect([...available, undefined]).toContain(chooseLocale(available, wanted))
      }),
    )
  })

  it('takes no time over a tag of a million parts', { timeout: 1_000 }, () => {
    expect(chooseLocale(['en-a', 'en', 'nb'], `en${'-a'.repeat(1_000_000)}`)).toBe('en-a')
    expect(chooseLocale(['en'], '_'.repeat(1_000_000))).toBeUndefined()
  })
})
