import { toDate } from 'date-fns/toDate'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Condition, conditionSchema } from '../model/audience.js'
import { isBroadsideError } from '../model/error.js'
import type { Member } from '../model/member.js'
import { compileConditions } from './condition.js'
import { CONDITION_OPERATORS, conditionOperator } from './condition-operators.js'
import { anyKey, anyValue, bagOf } from './hostile.fixture.js'

const PIOTR: Member = {
  id: 150,
  email: 'piotr@example.com',
  locale: 'pl',
  preferences: { promotional: true },
  properties: {
    first_name: 'Piotr',
    nickname: null,
    empty: '',
    age: 42,
    vip: true,
    joined: '2018-01-24T16:10:08Z',
    seen: toDate(1_709_208_000_000),
    tags: ['Skis', 'winter', 7],
    address: { city: 'Oslo', 'post.code': '0150' },
    'a.b': 'dotted',
  },
}

function meets(condition: Condition, member = PIOTR): boolean {
  return compileConditions([conditionSchema.parse(condition)])(member)
}

describe('operators', () => {
  it.each<[field: string, operator: string, value: Condition['value'], expected: boolean]>([
    ['first_name', 'equals', 'Piotr', true],
    ['first_name', 'equals', 'piotr', false],
    ['age', 'equals', 42, true],
    ['age', 'equals', '42', false],
    ['vip', 'equals', true, true],
    ['vip', 'equals', 1, false],
    ['tags', 'equals', ['Skis', 'winter', 7], true],
    ['tags', 'equals', ['winter', 'Skis', 7], false],
    ['tags', 'equals', 'Skis', false],
    ['joined', 'equals', '2018-01-24T17:10:08+01:00', true],
    ['seen', 'equals', '2024-02-29 12:00', true],
    ['nothing', 'equals', 'x', false],
    ['nickname', 'equals', 'null', false],
    ['first_name', 'match', 'Piotr', true],
    ['first_name', 'match', 'piot', true],
    ['first_name', 'match', 'P.*r', false],
    ['first_name', 'match', '(', false],
    ['tags', 'match', 'skis', true],
    ['age', 'match', '42', false],
    ['first_name', 'contains', 'iot', true],
    ['first_name', 'contains', 'piot', false],
    ['tags', 'contains', 'winter', true],
    ['tags', 'contains', 'wint', false],
    ['tags', 'contains', 7, true],
    ['tags', 'contains', '7', false],
    ['age', 'contains', 4, false],
    ['first_name', 'in', ['Jan', 'Piotr'], true],
    ['first_name', 'in', ['Jan'], false],
    ['tags', 'in', ['summer', 'winter'], true],
    ['tags', 'in', ['summer'], false],
    ['seen', 'in', ['2024-02-29T12:00:00Z'], true],
    ['age', 'greater', 41, true],
    ['age', 'greater', 42, false],
    ['age', 'greater_or_equal', 42, true],
    ['age', 'less', 43, true],
    ['age', 'less', 42, false],
    ['age', 'less_or_equal', 42, true],
    ['age', 'greater', '41', false],
    ['first_name', 'greater', 'Jan', true],
    ['joined', 'greater', '2018-01-24', true],
    ['joined', 'greater', '2018-01-24T16:10:08Z', false],
    ['joined', 'less', '2018-01-25', true],
    ['joined', 'greater', 0, true],
    ['seen', 'greater', '2024-02-29', true],
    ['seen', 'less', 1_709_208_000_000, false],
    ['tags', 'greater', 1, false],
    ['vip', 'greater', 0, false],
    ['nothing', 'less', 1, false],
    ['nickname', 'less', 1, false],
    ['age', 'between', [42, 50], true],
    ['age', 'between', [30, 42], true],
    ['age', 'between', [43, 50], false],
    ['first_name', 'between', ['A', 'Q'], true],
    ['joined', 'between', ['2018-01-01', '2018-02-01'], true],
    ['seen', 'between', ['2018-01-01', '2018-02-01'], false],
  ])('%s %s %j: %s', (field, operator, value, expected) => {
    expect(meets({ field, operator, value })).toBe(expected)
    // The other form is true of everybody else, also of those who have no such field.
    if (CONDITION_OPERATORS.includes(`not_${operator}`)) {
      expect(meets({ field, operator: `not_${operator}`, value })).toBe(!expected)
    }
  })

  it.each([
    ['first_name', true],
    ['empty', true],
    ['vip', true],
    ['nickname', false],
    ['nothing', false],
  ])('%s exists: %s', (field, expected) => {
    expect(meets({ field, operator: 'exists' })).toBe(expected)
    expect(meets({ field, operator: 'not_exists' })).toBe(!expected)
  })

  it('are those that the specification lists', () => {
    expect([...CONDITION_OPERATORS].sort()).toEqual([
      'between',
      'contains',
      'equals',
      'exists',
      'greater',
      'greater_or_equal',
      'in',
      'less',
      'less_or_equal',
      'match',
      'not_between',
      'not_contains',
      'not_equals',
      'not_exists',
      'not_in',
      'not_match',
    ])
  })

  it('answer true or false about any value, and their not_ forms the opposite', () => {
    const value = fc.oneof(fc.string(), fc.double(), fc.boolean(), fc.array(fc.oneof(fc.string(), fc.integer())))
    fc.assert(
      fc.property(fc.constantFrom(...CONDITION_OPERATORS), value, anyValue, (name, expected, actual) => {
        const answer = conditionOperator(name)?.compile(expected)?.(actual)
        const opposite = conditionOperator(`not_${name}`)?.compile(expected)?.(actual)
        if (answer !== undefined) expect(typeof answer).toBe('boolean')
        if (opposite !== undefined) expect(opposite).toBe(!answer)
      }),
      { numRuns: 2_000 },
    )
  })

  it('take no time that grows faster than the text', () => {
    const text = 'a'.repeat(200_000)
    const member = { id: 1, properties: { text } }
    expect(meets({ field: 'text', operator: 'match', value: `${'a'.repeat(1_000)}b` }, member)).toBe(false)
    expect(meets({ field: 'text', operator: 'match', value: '(a+)+$' }, member)).toBe(false)
  })
})

describe('fields', () => {
  it.each([
    [undefined, 'address.city', 'Oslo'],
    ['member_properties', 'address.city', 'Oslo'],
    ['member_properties', 'a.b', 'dotted'],
    ['member_preferences', 'promotional', true],
    ['member', 'email', 'piotr@example.com'],
    ['member', 'id', 150],
    ['member', 'properties.address.city', 'Oslo'],
  ])('of the group %s, %s is %j', (condition_group, field, value) => {
    expect(meets({ condition_group, field, operator: 'equals', value })).toBe(true)
  })

  it.each([
    'toString',
    'constructor',
    '__proto__',
    '__proto__.toString',
    'address.constructor',
    'address.city.length',
    'tags.length',
    'tags.0',
    'address..city',
    'nothing.at.all',
  ])('%s is nobody’s own', (field) => {
    expect(meets({ field, operator: 'exists' })).toBe(false)
  })

  it('may be called anything', () => {
    fc.assert(
      fc.property(bagOf(fc.oneof(fc.string(), fc.integer())), anyKey, (properties, key) => {
        fc.pre(key.trim() === key && key !== '')
        const has = Object.hasOwn(properties, key)
        const known = key.includes('.') ? undefined : has
        const found = compileConditions([{ field: key, operator: 'exists' }])({ id: 1, properties })
        if (known !== undefined) expect(found).toBe(known)
      }),
    )
  })

  it('are missing where a member has no properties', () => {
    for (const member of [{ id: 1 }, { id: 1, properties: null }]) {
      expect(meets({ field: 'first_name', operator: 'exists' }, member)).toBe(false)
      expect(meets({ field: 'first_name', operator: 'not_equals', value: 'Piotr' }, member)).toBe(true)
    }
  })
})

describe('compileConditions', () => {
  it('reads the MPC document', () => {
    const condition = { condition_group: 'member_properties', field: 'first_name', operator: 'match', value: 'Piotr' }
    expect(meets(condition)).toBe(true)
    expect(meets(condition, { id: 1, properties: { first_name: 'Jan' } })).toBe(false)
  })

  it('asks for every condition', () => {
    const all = [
      { field: 'age', operator: 'greater', value: 18 },
      { field: 'address.city', operator: 'equals', value: 'Oslo' },
    ]
    expect(compileConditions(all)(PIOTR)).toBe(true)
    expect(compileConditions([...all, { field: 'vip', operator: 'equals', value: false }])(PIOTR)).toBe(false)
    expect(compileConditions([])(PIOTR)).toBe(true)
  })

  it('names every bad rule, and says what is possible', () => {
    try {
      compileConditions([
        { field: 'age', operator: 'greater', value: 18 },
        { field: 'age', operator: 'like', value: 18 },
        { condition_group: 'orders', field: 'age', operator: 'between', value: [2, 1] },
      ])
      expect.unreachable()
    } catch (error) {
      if (!isBroadsideError(error, 'INVALID_INPUT')) throw error
      expect(error.issues?.map(({ path }) => path.join('.'))).toEqual([
        'conditions.1.operator',
        'conditions.2.condition_group',
        'conditions.2.value',
      ])
      expect(error.message).toContain('conditions.1.operator: "like" is not known; possible are equals, match, ')
      expect(error.message).toContain(
        '"orders" is not known; possible are member_properties, member_preferences, member',
      )
      expect(error.message).toContain('conditions.2.value: between takes a list of two numbers, texts or dates')
    }
  })

  it('says where the conditions stand', () => {
    expect(() => compileConditions([{ field: 'a', operator: 'x' }], ['audience', 'include', 0, 'conditions'])).toThrow(
      /audience\.include\.0\.conditions\.0\.operator: "x" is not known/,
    )
  })

  it.each<[operator: string, value: Condition['value']]>([
    ['equals', undefined],
    ['equals', null],
    ['equals', { a: 1 }],
    ['equals', [null]],
    ['match', undefined],
    ['match', ''],
    ['match', 7],
    ['contains', ''],
    ['contains', ['a']],
    ['in', 'a'],
    ['in', []],
    ['in', [['a']]],
    ['greater', true],
    ['greater', undefined],
    ['less', [1]],
    ['between', 1],
    ['between', [1]],
    ['between', [1, 2, 3]],
    ['between', [2, 1]],
    ['between', [1, 'b']],
    ['between', ['2018-02-01', '2018-01-01']],
    ['exists', true],
  ])('refuses %s with the value %j', (operator, value) => {
    for (const name of [operator, `not_${operator}`].filter((one) => CONDITION_OPERATORS.includes(one))) {
      expect(() => compileConditions([{ field: 'a', operator: name, value }])).toThrow(
        new RegExp(`conditions\\.0\\.value: ${name} takes `),
      )
    }
  })
})
