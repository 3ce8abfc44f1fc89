import fc from 'fast-check'
import { Liquid } from 'liquidjs'
import { afterEach, describe, expect, it } from 'vitest'
import { liquidRenderer } from '../index.js'

const FULL = '%Y-%m-%d %H:%M:%S %z'
const hostZone = process.env.TZ

function show(value: unknown, format = FULL, options: { timeZone?: string; locale?: string } = {}): unknown {
  return liquidRenderer(options).compile({ text: '{{ value | date: format }}' }).render({ value, format }).text
}

function inHostZone(zone: string): void {
  process.env.TZ = zone
}

afterEach(() => {
  if (hostZone === undefined) delete process.env.TZ
  else process.env.TZ = hostZone
})

describe('date', () => {
  it('shows UTC by default, another zone when told', () => {
    expect(show('2024-07-01T10:00:00Z')).toBe('2024-07-01 10:00:00 +0000')
    expect(show('2024-07-01T10:00:00Z', FULL, { timeZone: 'Europe/Vienna' })).toBe('2024-07-01 12:00:00 +0200')
    const one = liquidRenderer().compile({
      text: '{{ at | date: "%H:%M %Z", "Asia/Kolkata" }} {{ at | date: "%H:%M", -120 }}',
    })
    expect(one.render({ at: '2024-07-01T10:00:00+02:00' }).text).toBe('13:30 Asia/Kolkata 10:00')
  })

  it('takes seconds, digits, dates and texts, and leaves alone what is none', () => {
    expect(show(1719828000)).toBe('2024-07-01 10:00:00 +0000')
    expect(show('1719828000')).toBe('2024-07-01 10:00:00 +0000')
    expect(show(new Date(1719828000_000))).toBe('2024-07-01 10:00:00 +0000')
    expect(show('Mon, 01 Jul 2024 10:00:00 GMT')).toBe('2024-07-01 10:00:00 +0000')
    expect(show('July 1, 2024 10:00')).toBe('2024-07-01 10:00:00 +0000')
    expect([show('soon'), show(''), show(null), show({ a: 1 }), show('9'.repeat(500))]).toEqual([
      'soon',
      '',
      '',
      '[object Object]',
      '9'.repeat(500),
    ])
  })

  it('reads a text without a zone as wall time of its zone, wherever the host is', () => {
    for (const zone of ['UTC', 'America/New_York', 'Europe/Vienna', 'Asia/Tokyo']) {
      inHostZone(zone)
      expect(show('2024-01-01 10:00', FULL, { timeZone: 'Europe/Vienna' })).toBe('2024-01-01 10:00:00 +0100')
      expect(show('2024-07-01', FULL, { timeZone: 'America/New_York' })).toBe('2024-07-01 00:00:00 -0400')
      expect(show('July 1, 2024 10:00')).toBe('2024-07-01 10:00:00 +0000')
    }
  })

  it('is right where the host changes its clocks', () => {
    inHostZone('Europe/Vienna')
    expect(show('2024-03-31T02:30:00Z')).toBe('2024-03-31 02:30:00 +0000')
    expect(show('2024-03-31T02:30:00Z', FULL, { timeZone: 'Europe/Vienna' })).toBe('2024-03-31 04:30:00 +0200')
    expect(show('2024-10-27T00:30:00Z', FULL, { timeZone: 'Europe/Vienna' })).toBe('2024-10-27 02:30:00 +0200')
    expect(show('2024-03-31 01:30', FULL, { timeZone: 'Europe/Vienna' })).toBe('2024-03-31 01:30:00 +0100')
    expect(show('2024-10-27T01:30:00Z', FULL, { timeZone: 'Europe/Vienna' })).toBe('2024-10-27 02:30:00 +0100')
  })

  it('speaks the locale', () => {
    expect(show('2024-03-05', '%A, %-d. %B %Y', { locale: 'de-AT' })).toBe('Dienstag, 5. März 2024')
    expect(show('2024-03-05', '%A, %B %-d%q')).toBe('Tuesday, March 5th')
  })

  it('knows flags and widths, and keeps what it does not know', () => {
    expect(show('2024-03-05T07:08:09.010Z', '%-d|%e|%_m|%05d|%^b|%#p|%:z|%3N|%N|%L|%%|%@|%Q')).toBe(
      '5| 5| 3|00005|MAR|am|+00:00|010|010000000|010|%|%@|%Q',
    )
  })

  it('has the other date filters', () => {
    const text =
      '{{ d | date_to_xmlschema }}|{{ d | date_to_rfc822 }}|{{ d | date_to_string }}|{{ d | date_to_long_string: "ordinal", "US" }}|{{ d | date }}'
    expect(liquidRenderer().compile({ text }).render({ d: '2024-03-01T10:00:00Z' }).text).toBe(
      '2024-03-01T10:00:00+00:00|Fri, 01 Mar 2024 10:00:00 +0000|01 Mar 2024|March 1st, 2024|Friday, March 1, 2024 at 10:00 am +0000',
    )
  })

  it('property: agrees with LiquidJS on a host in UTC', () => {
    inHostZone('UTC')
    const peer = new Liquid({ timezoneOffset: 0, locale: 'en-US' }).parse('{{ value | date: format }}')
    const directive = fc.tuple(
      fc.constantFrom('', '-', '_', '0', '^'),
      fc.constantFrom('', '2', '6'),
      fc.constantFrom(...'aAbBCdeHIjklLmMpPqsSuUwWyYz%'),
    )
    const format = fc
      .array(
        directive.map((parts) => `%${parts.join('')}`),
        { maxLength: 6 },
      )
      .map((parts) => parts.join(' '))
    fc.assert(
      fc.property(
        fc.date({ min: new Date(0), max: new Date('2200-01-01'), noInvalidDate: true }),
        format,
        (date, written) => {
          const expected: unknown = new Liquid({ timezoneOffset: 0, locale: 'en-US' }).renderSync(peer, {
            value: date,
            format: written,
          })
          expect(show(date, written)).toBe(expected)
        },
      ),
    )
  })
})
