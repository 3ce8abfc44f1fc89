import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AddressBook } from '../model/user.js'
import { ADDRESS_KINDS, addressesOf, addressOn, isBlank } from './address-book.js'
import { anyKey, anyValue, bagOf } from './hostile.fixture.js'

const user = (json: string): AddressBook => JSON.parse(json)

describe('addressOn', () => {
  it.each<[string, AddressBook, string]>([
    ['email', { to: { email: 'to@example.com' }, profile: { email: 'profile@example.com' } }, 'to@example.com'],
    ['email', { profile: { email: ' profile@example.com ' } }, 'profile@example.com'],
    ['email', { to: { email: '  ' }, profile: { email: 'profile@example.com' } }, 'profile@example.com'],
    ['sms', { to: { phone_number: '+47 1', msisdn: '472' } }, '+47 1'],
    ['sms', { to: { msisdn: 4740769126 } }, '4740769126'],
    ['sms', { profile: { phone_number: 4740769126 } }, '4740769126'],
    ['push', { to: { app_token: 'b' }, profile: { push: 'c' } }, 'b'],
    ['push', { to: { push: 'a', app_token: 'b' } }, 'a'],
    ['whatsapp', { profile: { whatsapp: '4740769126' } }, '4740769126'],
    ['whatsapp', { to: { whatsapp: 'to' } as AddressBook['to'], profile: { whatsapp: 'profile' } }, 'to'],
  ])('finds the one for %s in %j', (channel, book, address) => {
    expect(addressOn(book, channel)).toBe(address)
  })

  it.each<[string, AddressBook]>([
    ['email', {}],
    ['email', { to: {}, profile: {} }],
    ['email', { to: { phone_number: '4740769126' } }],
    ['sms', { profile: { sms: '4740769126' } }],
    ['sms', { profile: { phone_number: Number.NaN } }],
    ['sms', { profile: { phone_number: Number.POSITIVE_INFINITY } }],
    ['email', { profile: { email: null } }],
    ['slack', { profile: { slack: { channel: 'C01' } } }],
    ['slack', { profile: { slack: true } }],
  ])('finds none for %s in %j', (channel, book) => {
    expect(addressOn(book, channel)).toBeUndefined()
  })

  it.each(['__proto__', 'constructor', 'toString', 'valueOf', 'hasOwnProperty'])(
    'takes nothing for %s that is not the recipient’s own',
    (channel) => {
      expect(addressOn({ to: {}, profile: {} }, channel)).toBeUndefined()
      expect(addressOn(user(`{"profile":{"${channel}":"x"}}`), channel)).toBe('x')
    },
  )

  it('takes nothing that is inherited', () => {
    const inherited = Object.create({ email: 'a@b.no', whatsapp: '4740769126' })
    for (const book of [{ to: inherited }, { profile: inherited }]) {
      expect(addressOn(book, 'email')).toBeUndefined()
      expect(addressOn(book, 'whatsapp')).toBeUndefined()
    }
  })

  it('takes no address from a prototype that somebody wrote into the data', () => {
    const book = user('{"__proto__":{"to":{"email":"a@b.no"}},"to":{"__proto__":{"email":"a@b.no"}},"profile":{}}')
    expect(addressOn(book, 'email')).toBeUndefined()
  })

  it('is text without white space around it, or nothing, for any data and channel', () => {
    fc.assert(
      fc.property(fc.record({ to: bagOf(anyValue), profile: bagOf(anyValue) }), anyKey, (book, channel) => {
        const address = addressOn(book as AddressBook, channel)
        if (address === undefined) return
        expect(address).not.toBe('')
        expect(address).toBe(address.trim())
      }),
    )
  })
})

describe('addressesOf', () => {
  it('has them all, those in `to` before those in the profile, and says where each stands', () => {
    const book = {
      to: { email: 'a@b.no', phone_number: '1', msisdn: 2, push: '', app_token: 't' },
      profile: { email: 'c@d.no', msisdn: null, push: 'p' },
    }
    const found = ADDRESS_KINDS.map((kind) => addressesOf(book, kind).map(({ path, value }) => [path.join('.'), value]))
    expect(found).toEqual([
      [
        ['to.email', 'a@b.no'],
        ['profile.email', 'c@d.no'],
      ],
      [
        ['to.phone_number', '1'],
        ['to.msisdn', 2],
      ],
      [
        ['to.app_token', 't'],
        ['profile.push', 'p'],
      ],
    ])
  })
})

describe('isBlank', () => {
  it.each([undefined, null, '', ' ', '\t\r\n', '\u00a0', '\ufeff'])('is true for %j', (value) => {
    expect(isBlank(value)).toBe(true)
  })

  it.each([0, false, Number.NaN, 'x', '\0', '\u200b', [], {}])('is false for %j', (value) => {
    expect(isBlank(value)).toBe(false)
  })
})
