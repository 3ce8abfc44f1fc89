import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Member, memberSchema } from '../model/member.js'
import { type RecipientInput, recipientSchema } from '../model/recipient.js'
import { ingestUserSchema } from '../model/user.js'
import { addressOn } from './address-book.js'
import { anyKey, anyValue } from './hostile.fixture.js'
import { identityOf } from './identity.js'
import { entryOfMember, entryOfRecipient, type RecipientEntry } from './recipient-entry.js'

const PIOTR: Member = {
  id: 150,
  email: 'piotr@example.com',
  msisdn: '4740769126',
  whatsapp: '+4740769126',
  properties: { first_name: 'Piotr', city: 'Oslo' },
  preferences: { promotional: false },
  channelsPreference: ['sms'],
  timeZone: 'Europe/Oslo',
  locale: 'nb',
}

function entryOf(recipient: RecipientInput, member?: Member): RecipientEntry {
  return entryOfRecipient(recipientSchema.parse(recipient), member)
}

function identity(entry: RecipientEntry) {
  const found = identityOf(entry, (domain) => domain)
  return found.ok ? found.value.identity : found.issue
}

describe('entryOfMember', () => {
  it('has the member’s id, addresses, properties and wishes', () => {
    expect(entryOfMember(PIOTR)).toEqual({
      to: {
        member_id: 150,
        email: 'piotr@example.com',
        msisdn: '4740769126',
        whatsapp: '+4740769126',
        locale: 'nb',
      },
      data: { first_name: 'Piotr', city: 'Oslo' },
      preferences: { promotional: false },
      channelsPreference: ['sms'],
      timeZone: 'Europe/Oslo',
    })
  })

  it('leaves out what a row of a database has nothing in', () => {
    const row = {
      id: 1,
      email: null,
      msisdn: ' ',
      properties: null,
      timeZone: null,
      locale: '',
      channelsPreference: null,
    }
    expect(entryOfMember(memberSchema.parse(row))).toEqual({ to: { member_id: 1 } })
  })

  it('is the same person as a recipient that refers to it, by number or by text', () => {
    expect(identity(entryOfMember(PIOTR))).toBe('user:150')
    expect(identity(entryOf({ member_id: 150 }, PIOTR))).toBe('user:150')
    expect(identity(entryOf({ member_id: '150' }, { ...PIOTR, id: '150' }))).toBe('user:150')
  })
})

describe('entryOfRecipient', () => {
  it('has the addresses and properties that are given', () => {
    expect(entryOf({ email: 'jan@example.com', properties: { name: 'Jan' } })).toEqual({
      to: { email: 'jan@example.com' },
      data: { name: 'Jan' },
    })
    expect(identity(entryOf({ email: 'Jan@Example.com' }))).toBe('email:jan@example.com')
    expect(identity(entryOf({ msisdn: '+47 40769126' }))).toBe('phone:4740769126')
    expect(addressOn(entryOf({ app_token: 'token', telegram: 7 }), 'push')).toBe('token')
    expect(addressOn(entryOf({ app_token: 'token', telegram: 7 }), 'telegram')).toBe('7')
  })

  it('has a time zone, a locale and channels of its own', () => {
    const own = { timeZone: 'Asia/Tokyo', locale: 'ja', channelsPreference: ['push', 'email'] }
    expect(entryOf({ push: 'token', ...own })).toEqual({
      to: { push: 'token', locale: 'ja' },
      timeZone: 'Asia/Tokyo',
      channelsPreference: ['push', 'email'],
    })
  })

  it('of a member has the member’s addresses and no others, as the document says', () => {
    const entry = entryOf({ member_id: 150, msisdn: '4711111111', push: 'token', telegram: '9' }, PIOTR)
    expect(entry).toEqual(entryOfMember(PIOTR))
  })

  it('of a member has the properties extended and replaced', () => {
    const { data } = entryOf({ member_id: 150, properties: { first_name: 'Pyotr', seat: '7A' } }, PIOTR)
    expect(data).toEqual({ first_name: 'Pyotr', city: 'Oslo', seat: '7A' })
  })

  it('of a member lets a time zone, a locale and channels given inline go first', () => {
    const own = { timeZone: 'Asia/Tokyo', locale: 'ja', channelsPreference: ['email'] }
    expect(entryOf({ member_id: 150, ...own }, PIOTR)).toMatchObject({
      timeZone: 'Asia/Tokyo',
      channelsPreference: ['email'],
      to: { locale: 'ja', email: 'piotr@example.com' },
      preferences: { promotional: false },
    })
    expect(entryOf({ member_id: 150, timeZone: ' ', locale: '' }, PIOTR)).toEqual(entryOfMember(PIOTR))
  })

  it('of a member that nobody knows has no address', () => {
    const entry = entryOf({ member_id: 150, email: 'jan@example.com', properties: { name: 'Jan' } })
    expect(entry).toEqual({ to: { member_id: 150 }, data: { name: 'Jan' } })
  })

  it('is what an ingest takes, and keeps every property as data', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyKey, anyValue)), fc.array(fc.tuple(anyKey, anyValue)), (own, inline) => {
        const member = { ...PIOTR, properties: Object.fromEntries(own) }
        const properties = Object.fromEntries(inline)
        const entry = entryOfRecipient({ member_id: 150, properties }, member)
        expect(ingestUserSchema.safeParse(entry).success).toBe(true)
        expect(entry.data).toEqual(Object.fromEntries([...own, ...inline]))
        expect(Object.keys(entry.data ?? {}).sort()).toEqual(
          [...new Set([...own, ...inline].map(([key]) => key))].sort(),
        )
      }),
    )
  })
})
