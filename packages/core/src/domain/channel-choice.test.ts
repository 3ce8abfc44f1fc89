import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { usableChannels, waysLeft } from './channel-choice.js'

const channel: fc.Arbitrary<string> = fc.constantFrom('email', 'sms', 'push', 'whatsapp', '__proto__', 'constructor')
const channels = fc.array(channel, { maxLength: 8 })

describe('usableChannels', () => {
  it.each([
    [['email', 'sms'], undefined, ['email', 'sms']],
    [
      ['email', 'sms', 'push'],
      ['push', 'email'],
      ['push', 'email'],
    ],
    [['email'], ['sms'], []],
    [['email', 'email'], undefined, ['email']],
    [['email', 'sms'], ['sms', 'sms'], ['sms']],
  ])('of %j with preference %j are %j', (given, preference, usable) => {
    expect(usableChannels({ channels: given, preference })).toEqual(usable)
  })

  it('are the message’s own, each once, selected and ordered by the preference', () => {
    fc.assert(
      fc.property(channels, fc.option(channels, { nil: undefined }), (given, preference) => {
        const usable = usableChannels({ channels: given, preference })
        const order = preference ?? given
        expect(new Set(usable)).toEqual(new Set(order.filter((one) => given.includes(one))))
        expect(new Set(usable).size).toBe(usable.length)
        const places = usable.map((one) => order.indexOf(one))
        expect(places).toEqual([...places].sort((a, b) => a - b))
      }),
    )
  })
})

describe('waysLeft', () => {
  it('are those that reach the recipient and have not failed, in the job’s order', () => {
    fc.assert(
      fc.property(fc.uniqueArray(channel), channels, channels, (usable, failed, reachable) => {
        const left = waysLeft(usable, { failed, wayOn: (one) => (reachable.includes(one) ? one : undefined) })
        for (const one of usable) expect(left.includes(one)).toBe(reachable.includes(one) && !failed.includes(one))
        expect(left).toEqual(usable.filter((one) => left.includes(one)))
      }),
    )
  })
})
