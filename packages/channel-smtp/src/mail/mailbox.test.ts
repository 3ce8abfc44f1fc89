import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mailbox, plainAddress } from './mailbox.js'
import { Refused } from './refused.js'

function codeOf(run: () => unknown): string | undefined {
  try {
    run()
  } catch (error) {
    return error instanceof Refused ? error.code : String(error)
  }
  return undefined
}

describe('plainAddress', () => {
  it.each([
    ['ann@example.test', 'ann@example.test'],
    [' ann@example.test\n', 'ann@example.test'],
    ["o'neil+tag/x=y@sub.example.test", "o'neil+tag/x=y@sub.example.test"],
    ['a..b.@docomo.test', 'a..b.@docomo.test'],
    ['ann@bücher.example', 'ann@xn--bcher-kva.example'],
    ['ann@例え.テスト', 'ann@xn--r8jz45g.xn--zckzah'],
    ['jõgeva@example.test', 'jõgeva@example.test'],
    ['ann@localhost', 'ann@localhost'],
    ['ann@[192.0.2.1]', 'ann@[192.0.2.1]'],
    ['ann@[IPv6:2001:db8::1]', 'ann@[IPv6:2001:db8::1]'],
  ])('takes %s', (given, address) => {
    expect(plainAddress(given, 'address')).toBe(address)
  })

  it.each([
    'ann',
    '@example.test',
    'ann@',
    'a@x.test, b@y.test',
    'a@x.test;b@y.test',
    'a@x.test b@y.test',
    '<ann@example.test>',
    'Ann <ann@example.test>',
    '"a b"@example.test',
    '"b@y.test x"@example.test',
    'a@b@example.test',
    'group:a@x.test;',
    'ann@-example.test',
    'ann@example..test',
    'ann@example.test.',
    'ann@exa mple.test',
    'ann@123',
    'ann@0x7f.1',
    'ann@example.test>',
    'ann@exa%6dple.test',
    'ann@exam＠ple.test',
    'ann\u00a0@example.test',
    'ann\u200b@example.test',
    'ann(x)@example.test',
    'ann@[x@y.test]',
    `${'a'.repeat(65)}@example.test`,
    `ann@${'a.'.repeat(130)}test`,
  ])('refuses %s', (given) => {
    expect(codeOf(() => plainAddress(given, 'address'))).toBe('INVALID_ADDRESS')
  })

  it.each([
    'ann@example.test\r\nRCPT TO:<b@y.test>',
    'ann\n@example.test',
    'ann@example.test\u0000x',
    'ann\u007f@example.test',
  ])('refuses control characters: %j', (given) => {
    expect(codeOf(() => plainAddress(given, 'address'))).toBe('INVALID_HEADER')
  })

  it('property: whatever it takes is one address that no SMTP command or header can be broken with', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 6 }),
      fc.constantFrom(
        '@',
        ',',
        ';',
        '<',
        '>',
        '"',
        '\r\n',
        ' ',
        '.',
        'ann',
        'example.test',
        '(',
        ':',
        '\\',
        '[',
        ']',
        'ü',
      ),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const address = taken(pieces.join(''))
        if (address === undefined) return
        expect(address.split('@')).toHaveLength(2)
        expect(address).not.toMatch(/[\s<>,;"\\()\p{C}]/u)
        expect(plainAddress(address, 'address')).toBe(address)
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('mailbox', () => {
  it.each([
    ['news@sender.test', { name: '', address: 'news@sender.test' }],
    ['<news@sender.test>', { name: '', address: 'news@sender.test' }],
    ['News <news@sender.test>', { name: 'News', address: 'news@sender.test' }],
    [
      'Acme, Inc: News; (really) <news@sender.test>',
      { name: 'Acme, Inc: News; (really)', address: 'news@sender.test' },
    ],
    ['"Acme \\"A\\" Inc" <news@sender.test>', { name: 'Acme "A" Inc', address: 'news@sender.test' }],
    [
      { name: 'Ann <x@y.test>', address: 'news@sender.test' },
      { name: 'Ann <x@y.test>', address: 'news@sender.test' },
    ],
    [{ address: 'news@bücher.example' }, { name: '', address: 'news@xn--bcher-kva.example' }],
  ])('reads %j', (given, expected) => {
    expect(mailbox(given, 'from')).toEqual(expected)
  })

  it.each([
    'a@x.test, b@y.test',
    'A <a@x.test>, B <b@y.test>',
    'A <a@x.test> <b@y.test>',
    'A <>',
    'A',
    7,
    {},
    { address: 7 },
    { address: 'a@x.test', name: 7 },
    ['a@x.test'],
  ])('refuses %j', (given) => {
    expect(codeOf(() => mailbox(given, 'from'))).toBe('INVALID_ADDRESS')
  })

  it.each(['A\r\nBcc: b@y.test <a@x.test>', { name: 'A\nBcc: b@y.test', address: 'a@x.test' }])(
    'refuses line breaks: %j',
    (given) => {
      expect(codeOf(() => mailbox(given, 'from'))).toBe('INVALID_HEADER')
    },
  )
})

function taken(text: string): string | undefined {
  try {
    return plainAddress(text, 'address')
  } catch {
    return undefined
  }
}
