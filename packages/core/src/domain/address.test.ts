// biome-ignore lint/style/noRestrictedImports: the table that the engine passes in is the platform's
import { domainToASCII } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseEmail, parsePhone, parsePushToken } from './address.js'
import { anyText } from './hostile.fixture.js'

const emailKey = (text: string): string | undefined => parseEmail(text, domainToASCII)?.key
const phoneKey = (text: string): string | undefined => parsePhone(text)?.key

/** Text that takes a careless reader seconds or for ever. */
const LONG_TEXTS: readonly string[] = [
  'a'.repeat(100_000),
  ' '.repeat(100_000),
  `a@${'a.'.repeat(50_000)}`,
  `a@${'a-'.repeat(50_000)}!`,
  `${'a@'.repeat(50_000)}`,
  `a@${'é'.repeat(100_000)}`,
  `${'\u0301\u0323'.repeat(100_000)}@example.com`,
  `e@${'\u0301\u0323'.repeat(100_000)}.com`,
  '(+'.repeat(50_000),
  `${'- '.repeat(50_000)}x`,
  '0'.repeat(100_000),
  `${'\u200b'.repeat(100_000)}x`,
]

/** Each line is one mailbox in several spellings; no two lines are the same one. */
const MAILBOXES: readonly (readonly string[])[] = [
  ['ann@example.com', ' ann@example.com ', 'ANN@EXAMPLE.COM', 'Ann@Example.Com', '\tann@example.com\r\n'],
  ['ann+news@example.com', 'Ann+News@example.com'],
  ['a.nn@example.com'],
  ['ann@mail.example.com'],
  ['ann@bücher.example', 'ann@BÜCHER.example', 'Ann@bu\u0308cher.Example', 'ann@xn--bcher-kva.example'],
  ['ann@bucher.example'],
  ['åse@example.com', 'ÅSE@example.com', 'a\u030ase@example.com', 'A\u030aSE@EXAMPLE.COM', '\u212bse@example.com'],
  ['ase@example.com'],
  // Capitals that have no composed form, and small letters that have one.
  ['\u01f0@example.com', 'j\u030c@example.com', 'J\u030c@example.com'],
  ['straße@example.com'],
  ['strasse@example.com'],
  ['ann@straße.example', 'ann@xn--strae-oqa.example'],
  ['ann@strasse.example'],
  // Cyrillic а: looks the same, is another.
  ['\u0430nn@example.com'],
  ['ann@ex\u0430mple.com'],
  ["o'hara&sons/{x}|~^`%#$!*=?_-@example.com"],
  ['ann@localhost'],
  ['山田@例え.jp', '山田@xn--r8jz45g.jp', '山田@例え。jp'],
]

/** Each line is one telephone in several spellings. */
const TELEPHONES: readonly (readonly string[])[] = [
  [
    '4740769126',
    '+4740769126',
    '004740769126',
    '+47 40 76 91 26',
    '0047-407.69/126',
    ' (+47) 407 69 126 ',
    '47\u00a040769126',
  ],
  ['40769126', '407 69 126'],
  ['04740769126', '0 47 40 76 91 26'],
  ['16502530000', '+1 (650) 253-0000'],
  ['113'],
  ['123456789012345'],
]

describe('parseEmail', () => {
  it('meets in one form, however a mailbox is spelt', () => {
    const spelling = fc
      .nat({ max: MAILBOXES.length - 1 })
      .chain((at) => fc.tuple(fc.constant(at), fc.constantFrom(...(MAILBOXES[at] ?? []))))
    fc.assert(
      fc.property(spelling, spelling, ([a, one], [b, other]) => {
        expect(emailKey(one)).toBeDefined()
        expect(emailKey(one) === emailKey(other)).toBe(a === b)
      }),
      { numRuns: 2_000 },
    )
  })

  it('keeps the address as it was given, trimmed', () => {
    expect(parseEmail('  Åse@Bücher.Example\n', domainToASCII)).toEqual({
      address: 'Åse@Bücher.Example',
      key: 'åse@xn--bcher-kva.example',
    })
  })

  it('counts letters, not the parts that they were written in', () => {
    expect(emailKey(`${'A\u030a'.repeat(64)}@example.com`)).toBe(`${'å'.repeat(64)}@example.com`)
    expect(emailKey(`${'å'.repeat(65)}@example.com`)).toBeUndefined()
  })

  it('gives its own key back for a key, in any case and any composition', () => {
    const letter = fc.oneof(
      fc.constantFrom(
        ..."aZ0+._-'",
        'å',
        'Å',
        'J',
        'j',
        'İ',
        'ı',
        'ß',
        'Σ',
        'σ',
        'ς',
        'ﬁ',
        '\u030c',
        '\u0307',
        '\u0323',
        '山',
      ),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    )
    const local = fc.string({ unit: letter, minLength: 1, maxLength: 20 })
    const domain = fc.constantFrom(
      'example.com',
      'BÜCHER.example',
      'xn--bcher-kva.example',
      'ΑΣ.gr',
      '例え.jp',
      'a-b.c1.no',
    )
    let taken = 0
    fc.assert(
      fc.property(local, domain, (name, host) => {
        const key = emailKey(`${name}@${host}`)
        if (key === undefined) return
        taken += 1
        expect(emailKey(key)).toBe(key)
        expect(emailKey(` ${key}\t`)).toBe(key)
        expect(emailKey(`${name}@${host}`.normalize('NFD'))).toBe(key)
        expect(emailKey(`${name}@${host}`.toLowerCase())).toBe(key)
        expect(key).toBe(key.normalize('NFC'))
        expect(key).toBe(key.toLowerCase())
      }),
      { numRuns: 5_000 },
    )
    expect(taken).toBeGreaterThan(500)
  })

  it.each([
    '',
    '@',
    'ann',
    'ann@',
    '@example.com',
    'ann example.com',
    'ann@exam ple.com',
    'an n@example.com',
    'ann@@example.com',
    'ann@example.com@example.org',
    'ann@example..com',
    'ann@.example.com',
    'ann@example.com.',
    'ann@-example.com',
    'ann@example-.com',
    'ann@exa_mple.com',
    'Ann <ann@example.com>',
    'ann@example.com,bob@example.com',
    'mailto:ann@example.com>',
    `${'a'.repeat(65)}@example.com`,
    `ann@${'a'.repeat(64)}.com`,
    `ann@${'abcdefg.'.repeat(32)}com`,
  ])('refuses %j', (text) => {
    expect(parseEmail(text, domainToASCII)).toBeUndefined()
  })

  it.each(['/evil', '?evil', '#evil', '\\evil', ':25', '%2eevil', '%', '|', '^', '"', '[1]', '{1}', ';', ','])(
    'does not cut an international domain short at %j',
    (rest) => {
      expect(parseEmail(`ann@bücher.example${rest}`, domainToASCII)).toBeUndefined()
      expect(parseEmail(`ann@b${rest}ücher.example`, domainToASCII)).toBeUndefined()
    },
  )

  it.each([
    ['NUL', '\0'],
    ['a line break', '\r\n'],
    ['half a surrogate pair', '\ud83d'],
    ['the other half', '\ude00'],
    ['a zero-width space', '\u200b'],
    ['a zero-width joiner', '\u200d'],
    ['a soft hyphen', '\u00ad'],
    ['a change of direction', '\u202e'],
    ['a byte order mark', '\ufeff'],
    ['a word joiner', '\u2060'],
    ['a grapheme joiner', '\u034f'],
    ['a variation selector', '\ufe0f'],
    ['a Hangul filler', '\u3164'],
    ['a blank Braille pattern', '\u2800'],
    ['a tag', '\u{e0061}'],
    ['a no-break space', '\u00a0'],
    ['a line separator', '\u2028'],
    ['a private letter', '\ue000'],
  ])('refuses %s on either side', (_, hidden) => {
    for (const text of [`a${hidden}nn@example.com`, `ann@exa${hidden}mple.com`, `ånn@bü${hidden}cher.example`]) {
      expect(parseEmail(text, domainToASCII)).toBeUndefined()
    }
  })
})

describe('parsePhone', () => {
  it('meets in one form, however a number is spelt', () => {
    const spelling = fc
      .nat({ max: TELEPHONES.length - 1 })
      .chain((at) => fc.tuple(fc.constant(at), fc.constantFrom(...(TELEPHONES[at] ?? []))))
    fc.assert(
      fc.property(spelling, spelling, ([a, one], [b, other]) => {
        expect(phoneKey(one)).toBeDefined()
        expect(phoneKey(one) === phoneKey(other)).toBe(a === b)
      }),
      { numRuns: 1_000 },
    )
  })

  it('is digits, whatever is in front of them and between them, and no country is guessed', () => {
    const digit = fc.constantFrom(...'0123456789')
    const digits = fc.string({ unit: digit, minLength: 3, maxLength: 15 }).filter((text) => !text.startsWith('00'))
    const gaps = fc.array(fc.constantFrom('', '', ' ', '-', '.', '/', '(', ')', ' - ', '\u00a0'), {
      minLength: 16,
      maxLength: 16,
    })
    fc.assert(
      fc.property(digits, gaps, fc.constantFrom('', '+', '00'), (number, between, prefix) => {
        const spelt = [...number].map((one, i) => `${between[i]}${one}`).join('')
        expect(phoneKey(`${prefix}${spelt}${between[15]}`)).toBe(number)
        expect(phoneKey(number)).toBe(number)
      }),
      { numRuns: 1_000 },
    )
  })

  it('keeps the number as it was given, trimmed', () => {
    expect(parsePhone(' +47 407 69 126 ')).toEqual({ address: '+47 407 69 126', key: '4740769126' })
  })

  it.each([
    '',
    '+',
    '00',
    '12',
    '1234567890123456',
    '+47 407 69 126 ext 5',
    '47407691x6',
    '++4740769126',
    '4740769126+',
    '+004740769126',
    '00004740769126',
    '١٢٣٤٥٦',
    '１２３４５',
    '1e10',
    '0x1f4',
    '47\u200b407',
    '47\u2212407',
    '47\u0000407',
    '40769126;rm',
  ])('refuses %j', (text) => {
    expect(parsePhone(text)).toBeUndefined()
  })
})

describe('parsePushToken', () => {
  it('takes visible text as it is', () => {
    const token = 'c6OE_joK28g:APA91bFkT5fz-1/+=='
    expect(parsePushToken(` ${token}\n`)).toEqual({ address: token, key: token })
    expect(parsePushToken(token.toLowerCase())?.key).not.toBe(token)
    expect(parsePushToken('x'.repeat(4096))?.key).toHaveLength(4096)
  })

  it.each(['', '  ', 'a b', 'a\0b', 'a\u200bb', '\ud800'])('refuses %j', (text) => {
    expect(parsePushToken(text)).toBeUndefined()
  })

  it('refuses more than 4,096 characters', () => {
    expect(parsePushToken('x'.repeat(4097))).toBeUndefined()
  })
})

describe('any text', () => {
  it('is an address or is none: nothing throws, and what is taken is stored as it is', () => {
    const text = fc.oneof(
      anyText,
      fc.tuple(anyText, anyText).map(([local, domain]) => `${local}@${domain}`),
    )
    fc.assert(
      fc.property(text, (given) => {
        for (const parsed of [parseEmail(given, domainToASCII), parsePhone(given), parsePushToken(given)]) {
          if (parsed === undefined) continue
          expect(parsed.address).toBe(given.trim())
          expect(parsed.key.isWellFormed()).toBe(true)
          expect(parsed.key).not.toMatch(/[\p{Cc}\p{Cf}\s]/u)
        }
      }),
      { numRuns: 3_000 },
    )
  })

  it.each(LONG_TEXTS.map((text) => [`${text.slice(0, 12)}…`, text]))(
    'of great length is refused at once: %s',
    { timeout: 1_000 },
    (_, text) => {
      expect(parseEmail(text, domainToASCII)).toBeUndefined()
      expect(parsePhone(text)).toBeUndefined()
      expect(parsePushToken(text)).toBeUndefined()
    },
  )
})
