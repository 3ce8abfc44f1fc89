import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isBroadsideError } from '../model/error.js'
import { type DurationUnit, parseRelative, RELATIVE_GRAMMAR } from './relative-schedule.js'

const SPECIFIED = /^(?<number>\d+) (?<unit>second|minute|hour|day|week|month|year)s?$/
const UNITS: readonly DurationUnit[] = ['second', 'minute', 'hour', 'day', 'week', 'month', 'year']

function codeOf(text: string): string {
  try {
    parseRelative(text)
    return 'parsed'
  } catch (error) {
    return isBroadsideError(error) ? error.code : 'foreign error'
  }
}

/** Texts near the grammar, where mistakes would hide; most are outside of it. */
const nearMiss = fc
  .array(
    fc.oneof(
      fc.constantFrom(...UNITS, ...UNITS.map((unit) => `${unit}s`)),
      fc.nat().map(String),
      fc.constantFrom(
        ' ',
        '  ',
        '\t',
        '\n',
        '-',
        '+',
        '.',
        ',',
        's',
        'S',
        'Day',
        '１',
        '٣',
        '1e3',
        '0x1',
        '\u00a0',
        '',
      ),
    ),
    { maxLength: 5 },
  )
  .map((parts) => parts.join(''))

describe('parseRelative', () => {
  it('has exactly the grammar of the specification', () => {
    expect(RELATIVE_GRAMMAR.source).toBe(SPECIFIED.source)
    expect(RELATIVE_GRAMMAR.flags).toBe('')
  })

  it.each([
    ['2 days', 2, 'day'],
    ['1 days', 1, 'day'],
    ['5 month', 5, 'month'],
    ['30 minutes', 30, 'minute'],
    ['007 weeks', 7, 'week'],
    ['0 seconds', 0, 'second'],
  ])('reads %j', (text, amount, unit) => {
    expect(parseRelative(text)).toEqual({ amount, unit })
  })

  it.each([
    '-1 day',
    '1.5 hours',
    ' 1 day',
    '1 day ',
    '1  day',
    'one day',
    '1 day\n',
    '1 Day',
    '1 dayss',
    '1day',
    '1\u00a0day',
    '١ day',
    '1 fortnight',
    '1 day 2 hours',
    '',
  ])('refuses %j and shows the grammar', (text) => {
    expect(() => parseRelative(text)).toThrow(SPECIFIED.source)
    expect(codeOf(text)).toBe('SCHEDULE_INVALID')
  })

  it('reads what it is written from, with or without the s', () => {
    fc.assert(
      fc.property(fc.nat(8_640_000), fc.constantFrom(...UNITS), fc.constantFrom('', 's'), (amount, unit, plural) => {
        expect(parseRelative(`${amount} ${unit}${plural}`)).toEqual({ amount, unit })
      }),
    )
  })

  it('agrees with the regular expression on every text', () => {
    fc.assert(
      fc.property(fc.oneof(nearMiss, fc.string(), fc.string({ unit: 'binary' })), (text) => {
        expect(codeOf(text) === 'SCHEDULE_INVALID').toBe(!SPECIFIED.test(text))
      }),
      { numRuns: 3_000 },
    )
  })

  it('refuses numbers that no date could take, however many digits they have', () => {
    expect(codeOf('99999999999999999999 years')).toBe('SCHEDULE_OUT_OF_RANGE')
    expect(codeOf(`${'9'.repeat(100_000)} seconds`)).toBe('SCHEDULE_OUT_OF_RANGE')
  })

  it('does not repeat a long text in its message', () => {
    expect(() => parseRelative('x'.repeat(100_000))).toThrow(/^.{1,400}$/s)
  })
})
