import { describe, expect, it } from 'vitest'
import { audienceSchema } from './audience.js'

const condition = { condition_group: 'member_properties', field: 'first_name', operator: 'match', value: 'Piotr' }

function issuesOf(input: unknown): string[] {
  const parsed = audienceSchema.safeParse(input)
  return (parsed.error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`)
}

describe('audienceSchema', () => {
  it.each([
    [{ type: 'reference', id: 532 }],
    [{ type: 'reference', name: '30_day_engaged' }],
    [{ type: 'inline', id: 15 }],
    [{ type: 'inline', conditions: [condition] }],
    [{ type: 'inline', conditions: [{ field: 'email', operator: 'exists' }] }],
    [{ type: 'all' }],
    [{ type: 'rules', include: [{ type: 'all' }], exclude: [{ type: 'reference', name: 'staff' }] }],
  ])('takes %j', (input) => {
    expect(audienceSchema.parse(input)).toEqual(input)
  })

  it.each([
    [{ type: 'reference' }, /needs an id or a name/],
    [{ type: 'reference', id: 1, name: 'a' }, /not both/],
    [{ type: 'inline' }, /needs conditions or an id/],
    [{ type: 'inline', id: 1, conditions: [condition] }, /not both/],
    [{ type: 'inline', conditions: [] }, /^conditions: /],
    [{ type: 'inline', conditions: [{ ...condition, operator: '' }] }, /^conditions\.0\.operator: /],
    [{ type: 'inline', conditions: [condition, { field: 'a' }] }, /^conditions\.1\.operator: /],
    [{ type: 'rules', include: [] }, /^include: must not be empty/],
    [{ type: 'rules', include: [{ type: 'rules', include: [] }] }, /^include\.0\.type: /],
    [{ type: 'reference', id: true }, /^id: must be a text or a whole number/],
    [{ type: 'everybody' }, /^type: /],
  ])('refuses %j and says where', (input, message) => {
    const issues = issuesOf(input)
    expect(issues).toHaveLength(1)
    expect(issues[0]).toMatch(message)
  })
})
