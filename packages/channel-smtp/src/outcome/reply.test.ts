import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { askedDelayMs, limitsEverybody, oneLine } from './reply.js'

const reply = (text: string) => ({ code: Number(text.slice(0, 3)), text })

describe('a 4xx reply', () => {
  it.each([
    '454 Throttling failure: Maximum sending rate exceeded.',
    '454 Throttling failure: Daily message quota exceeded.',
    '451 4.7.1 Too many messages, please slow down',
    '450 4.7.0 too many connections from your host',
    '450 4.7.1 Error: too much mail from 192.0.2.1',
    '451 4.7.650 The mail server has been temporarily rate limited due to IP reputation',
    '452 4.3.1 Insufficient system storage',
    '432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded',
    '451 4.4.5 Server busy',
  ])('means everybody: %s', (text) => {
    expect(limitsEverybody(reply(text))).toBe(true)
  })

  it.each([
    '450 4.2.1 The user you are trying to contact is receiving mail at a rate that prevents additional messages',
    '452 4.2.2 The recipient is over quota',
    '452 4.5.3 Too many recipients',
    '451 4.7.1 Greylisted, too many messages, try again',
    '450 4.1.8 Sender address rejected: Domain not found',
    '451 4.3.0 Temporary lookup failure',
    '450 mailbox busy',
  ])('means one message: %s', (text) => {
    expect(limitsEverybody(reply(text))).toBe(false)
  })

  it.each([
    ['451 4.7.1 Greylisted, please try again in 300 seconds', 300_000],
    ['450 try again after 5 minutes', 300_000],
    ['450 4.7.1 wait 90s', 90_000],
    ['450 4.2.0 Greylisting in effect', 300_000],
    ['451 graylisted for 2 hours', 3_600_000],
    ['451 come back after 99999 hours', 3_600_000],
    ['450 4.2.1 later', undefined],
    ['451 4.3.0 in 2024', undefined],
  ])('asks to wait: %s', (text, delayMs) => {
    expect(askedDelayMs(reply(text))).toBe(delayMs)
  })
})

describe('oneLine', () => {
  it('joins the lines of a reply and cuts it short', () => {
    expect(oneLine('550-5.1.1 no\r\n550 5.1.1\tsuch user\u0000\u001b[31m')).toBe(
      '550-5.1.1 no 550 5.1.1 such user [31m',
    )
    expect(oneLine('x'.repeat(1_000))).toHaveLength(300)
  })

  it('property: holds no control character and is bounded', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 1_000 }), (text) => {
        const line = oneLine(text)
        expect(line).not.toMatch(/[\p{Cc}\u2028\u2029]/u)
        expect(line.length).toBeLessThanOrEqual(300)
      }),
    )
  })
})
