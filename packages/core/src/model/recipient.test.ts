import { describe, expect, it } from 'vitest'
import { recipientSchema } from './recipient.js'

function issuesOf(input: unknown): string[] {
  const parsed = recipientSchema.safeParse(input)
  return (parsed.error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`)
}

describe('recipientSchema', () => {
  it.each([
    [{ member_id: 150, properties: { name: 'Piotr' } }],
    [{ email: 'jan@example.com', properties: { name: 'Jan' } }],
    [{ msisdn: '4740769126', timeZone: 'Europe/Oslo', locale: 'nb', channelsPreference: ['sms'] }],
    [{ msisdn: 4_740_769_126 }],
    [{ push: 'token' }],
    [{ app_token: 'c6OE_joK28g:APA91bFkT5fz' }],
    [{ whatsapp: '4740769126' }],
  ])('takes %j', (input) => {
    expect(recipientSchema.parse(input)).toEqual(input)
  })

  it.each([
    [{}, /^: needs a member_id or an address/],
    [{ properties: { email: 'jan@example.com' } }, /needs a member_id or an address/],
    [{ timeZone: 'Europe/Oslo', locale: 'nb', channelsPreference: ['sms'] }, /needs a member_id or an address/],
    [{ email: undefined }, /needs a member_id or an address/],
    [{ email: '  ' }, /^email: /],
    [{ email: 'jan@example.com', profile: { name: 'Jan' } }, /^profile: is not known/],
    [{ email: 'jan@example.com', properties: [] }, /^properties: must be an object/],
    ['jan@example.com', /^: /],
  ])('refuses %j and says where', (input, message) => {
    const issues = issuesOf(input)
    expect(issues).toHaveLength(1)
    expect(issues[0]).toMatch(message)
  })

  it('keeps odd names in properties as plain data', () => {
    const input = JSON.parse('{"email":"jan@example.com","properties":{"__proto__":{"a":1}}}')
    const { properties } = recipientSchema.parse(input)
    expect(Object.keys(properties ?? {})).toEqual(['__proto__'])
  })
})
