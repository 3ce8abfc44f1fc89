// biome-ignore lint/style/noRestrictedImports: the page under test is a file; nothing pure reads it.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { audienceSchema } from '../model/audience.js'
import { compileConditions } from './condition.js'
import { CONDITION_OPERATORS } from './condition-operators.js'

const PAGE = readFileSync(new URL('../../../../docs/audiences.md', import.meta.url), 'utf8')

function namesIn(text: string): string[] {
  return [...text.matchAll(/`(\w+)`/g)].map(([, name = '']) => name)
}

describe('docs/audiences.md', () => {
  it('has every operator, and no other', () => {
    const [, table = ''] = /\n\| operator[^\n]*\n\| -[^\n]*\n((?:\|.*\n)+)/.exec(PAGE) ?? []
    const plain = table.split('\n').flatMap((row) => namesIn(row.split('|')[1] ?? ''))
    const [, negated = ''] = /\n(`not_equals`.*) are true of/.exec(PAGE) ?? []
    expect([...plain, ...namesIn(negated)].sort()).toEqual([...CONDITION_OPERATORS].sort())
  })

  it('has every group', () => {
    const [, groups = ''] = /where its field is: (.*) for the member/.exec(PAGE) ?? []
    expect(namesIn(groups)).toHaveLength(3)
    for (const condition_group of namesIn(groups)) {
      expect(() => compileConditions([{ condition_group, field: 'a', operator: 'exists' }])).not.toThrow()
    }
  })

  it('shows conditions that are conditions', () => {
    const [, conditions = ''] = /conditions: \[\{(.*)\}\] \}/.exec(PAGE) ?? []
    const condition = Object.fromEntries(
      conditions.split(',').map((pair) => pair.split(':').map((part) => part.trim().replaceAll("'", ''))),
    )
    expect(audienceSchema.parse({ type: 'inline', conditions: [condition] })).toBeDefined()
    expect(compileConditions([condition])({ id: 1, properties: { city: 'Oslo' } })).toBe(true)
  })
})
