import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { composeSender } from './sender.js'

describe('composeSender', () => {
  it.each([
    [{ fromEmail: 'cs@myco.io', fromDesc: 'CS Dept' }, '"CS Dept" <cs@myco.io>'],
    [{ fromEmail: ' cs@myco.io ' }, 'cs@myco.io'],
    [{ fromEmail: 'cs@myco.io', fromDesc: '  ' }, 'cs@myco.io'],
    [{ fromEmail: 'cs@myco.io', fromDesc: 'A "B" \\ C' }, '"A \\"B\\" \\\\ C" <cs@myco.io>'],
    [{ fromEmail: 'cs@myco.io', fromDesc: 'A" <evil@example.com>, "B' }, '"A\\" evil@example.com, \\"B" <cs@myco.io>'],
    [{ fromEmail: 'cs@myco.io', fromDesc: 'A\r\nBcc: all@example.com' }, '"A Bcc: all@example.com" <cs@myco.io>'],
    [{ fromEmail: 'ækon@bjørn.no', fromDesc: 'Bjørn 😀' }, '"Bjørn 😀" <ækon@bjørn.no>'],
    [{ fromEmail: 'cs@myco.io', from: 'other@myco.io' }, 'cs@myco.io'],
  ])('makes of %j %s', (rendered, from) => {
    expect(composeSender({ ...rendered, subject: 'Hi' })).toEqual({ subject: 'Hi', from })
  })

  it.each([{ from: 'cs@myco.io', subject: 'Hi' }, { subject: 'Hi' }, {}])('leaves %j as it is', (rendered) => {
    expect(composeSender(rendered)).toBe(rendered)
  })

  it.each([{ fromEmail: ' ' }, { fromDesc: 'CS Dept' }, { fromEmail: '', fromDesc: 'CS Dept' }])(
    'leaves the sender to the provider for %j',
    (rendered) => {
      expect(composeSender({ ...rendered, subject: 'Hi' })).toEqual({ subject: 'Hi' })
      expect(composeSender({ ...rendered, from: 'a@example.com' })).toEqual({ from: 'a@example.com' })
    },
  )

  it.each(['a@example.com, b@example.com', 'a@example.com>\nBcc: <b@example.com', 'A <a@example.com>', 'a b@c.io'])(
    'refuses %j, which is not one address',
    (fromEmail) => {
      expect(() => composeSender({ fromEmail })).toThrow(/^fromEmail: ".+" is not one e-mail address\.$/)
    },
  )

  it('keeps a description inside its quotes, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (fromDesc) => {
        const { from } = composeSender({ fromEmail: 'cs@myco.io', fromDesc })
        expect(from).toMatch(/^(?:"(?:[^"\\<>\p{Cc}]|\\["\\])+" <cs@myco\.io>|cs@myco\.io)$/u)
      }),
      { numRuns: 1_000 },
    )
  })
})
