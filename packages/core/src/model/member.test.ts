import { describe, expect, it } from 'vitest'
import { memberSchema } from './member.js'

describe('memberSchema', () => {
  it.each([
    { id: 150 },
    { id: 'a1', email: 'piotr@example.com', msisdn: 4740769126, push: null, app_token: 't' },
    { id: 1, properties: { first_name: 'Piotr' }, preferences: {}, channelsPreference: ['sms'], timeZone: 'Mars/Base' },
    { id: 1, whatsapp: '4740769126', telegram: 7, slack: null },
    { id: 1, email: null, properties: null, preferences: null, channelsPreference: null, timeZone: null, locale: null },
  ])('takes %j', (member) => {
    expect(memberSchema.parse(member)).toEqual(member)
  })

  it.each([
    [{}, 'id', 'must be a text or a number'],
    [{ id: ' ' }, 'id', ''],
    [{ id: 1, email: 7 }, 'email', 'must be text'],
    [{ id: 1, msisdn: {} }, 'msisdn', 'must be text or a number'],
    [{ id: 1, properties: [] }, 'properties', 'must be an object'],
    [{ id: 1, channelsPreference: [] }, 'channelsPreference', ''],
    [{ id: 1, firstName: { nb: 'Piotr' } }, 'firstName', 'is not known, nor an address in text or number'],
  ])('refuses %j for its %s', (member, field, message) => {
    const read = memberSchema.safeParse(member)
    expect(read.error?.issues.map(({ path }) => path)).toEqual([[field]])
    expect(read.error?.issues[0]?.message).toContain(message)
  })
})
