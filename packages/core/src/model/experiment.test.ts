import { describe, expect, it } from 'vitest'
import { experimentsSchema } from './experiment.js'

const variants = [
  { name: 'Test1', headers: { subject: 'One' } },
  { name: 'Test2', weight: 3, content: { 'text/html': '<p>' } },
]
const split = { name: 'SubjectTest', strategy: 'split', variants }
const champion = {
  name: 'Body',
  strategy: 'split-with-champion',
  variants,
  testShare: 0.2,
  champion: { pickedBy: 'function', after: '4 hours' },
}

function issuesOf(input: unknown): string[] {
  const parsed = experimentsSchema.safeParse(input)
  return (parsed.error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`)
}

describe('experimentsSchema', () => {
  it('fills in weights', () => {
    expect(experimentsSchema.parse([split])[0]?.variants.map(({ weight }) => weight)).toEqual([1, 3])
  })

  it('takes a champion that a function picks at a set time, or a person at any', () => {
    expect(issuesOf([champion])).toEqual([])
    expect(issuesOf([{ ...champion, champion: {} }])).toEqual([])
  })

  it.each([
    [[{ ...split, variants: variants.slice(1) }], /^0\.variants: needs at least two/],
    [[{ ...split, variants: [...variants, variants[0]] }], /^0\.variants: must have names that differ/],
    [[split, split], /must have names that differ/],
    [[split, champion], /same strategy/],
    [[{ ...split, strategy: 'bandit' }], /^0\.strategy: .+"split" or "split-with-champion"/],
    [[{ ...split, testShare: 0.2 }], /testShare/],
    [[{ ...champion, testShare: 1 }], /^0\.testShare: /],
    [[{ ...champion, testShare: 0 }], /^0\.testShare: /],
    [[{ ...champion, champion: { pickedBy: 'function' } }], /^0\.champion\.after: must be given/],
    [[{ ...champion, champion: { after: 'soon' } }], /^0\.champion\.after: .+the grammar is/],
    [[{ ...split, variants: [variants[0], { name: 'b', weight: 0 }] }], /^0\.variants\.1\.weight: /],
  ])('refuses %j and says where', (input, message) => {
    const issues = issuesOf(input)
    expect(issues).toHaveLength(1)
    expect(issues[0]).toMatch(message)
  })
})
