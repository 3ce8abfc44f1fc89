import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Audience, type AudienceInput, audienceSchema } from '../model/audience.js'
import { isBroadsideError } from '../model/error.js'
import { compileAudience, type SavedAudience } from './audience-rules.js'

const inCity = (city: string) => ({
  type: 'inline' as const,
  conditions: [{ field: 'city', operator: 'equals', value: city }],
})

const SAVED: Readonly<Record<string, AudienceInput>> = {
  oslo: inCity('Oslo'),
  15: inCity('Bergen'),
  nordic: {
    type: 'rules',
    include: [
      { type: 'reference', name: 'oslo' },
      { type: 'inline', id: 15 },
    ],
  },
  ring: { type: 'rules', include: [{ type: 'reference', name: 'link' }] },
  link: { type: 'reference', name: 'ring' },
  broken: { type: 'inline', conditions: [{ field: 'city', operator: 'like', value: 'Oslo' }] },
}

function find({ id, name }: SavedAudience): Audience | undefined {
  const key = String(id ?? name)
  return Object.hasOwn(SAVED, key) ? audienceSchema.parse(SAVED[key]) : undefined
}

function isMember(audience: AudienceInput, city: string): boolean {
  return compileAudience(audienceSchema.parse(audience), find)({ id: 1, properties: { city } })
}

describe('compileAudience', () => {
  it.each<[AudienceInput, inOslo: boolean, inBergen: boolean, inRome: boolean]>([
    [{ type: 'all' }, true, true, true],
    [inCity('Oslo'), true, false, false],
    [{ type: 'reference', name: 'oslo' }, true, false, false],
    [{ type: 'reference', id: 15 }, false, true, false],
    [{ type: 'reference', id: '15' }, false, true, false],
    [{ type: 'inline', id: 15 }, false, true, false],
    [{ type: 'reference', name: 'nordic' }, true, true, false],
    [{ type: 'rules', include: [{ type: 'all' }], exclude: [inCity('Oslo')] }, false, true, true],
    [{ type: 'rules', include: [inCity('Oslo')], exclude: [{ type: 'all' }] }, false, false, false],
    [
      {
        type: 'rules',
        include: [inCity('Rome'), { type: 'reference', name: 'nordic' }],
        exclude: [{ type: 'inline', id: 15 }],
      },
      true,
      false,
      true,
    ],
  ])('%j', (audience, inOslo, inBergen, inRome) => {
    expect(['Oslo', 'Bergen', 'Rome'].map((city) => isMember(audience, city))).toEqual([inOslo, inBergen, inRome])
  })

  it('has who is in at least one of include and in none of exclude', () => {
    const cities = fc.array(fc.constantFrom<string>('a', 'b', 'c', 'd'))
    fc.assert(
      fc.property(
        cities.filter(({ length }) => length > 0),
        cities,
        fc.constantFrom('a', 'b', 'c', 'd', 'e'),
        (include, exclude, city) => {
          const audience = { type: 'rules' as const, include: include.map(inCity), exclude: exclude.map(inCity) }
          expect(isMember(audience, city)).toBe(include.includes(city) && !exclude.includes(city))
        },
      ),
    )
  })

  it('knows no saved audience without being told how to find one', () => {
    expect(compileAudience({ type: 'all' })({ id: 1 })).toBe(true)
    expect(() => compileAudience({ type: 'reference', name: 'locals' })).toThrow(/no saved audience .+"locals"/)
  })

  it.each<[AudienceInput, string, RegExp]>([
    [
      { type: 'reference', name: 'nobody' },
      'AUDIENCE_NOT_FOUND',
      /audience\.name: there is no saved audience with the name "nobody"/,
    ],
    [{ type: 'reference', name: 'toString' }, 'AUDIENCE_NOT_FOUND', /audience\.name: /],
    [
      { type: 'rules', include: [{ type: 'all' }], exclude: [{ type: 'inline', id: 7 }] },
      'AUDIENCE_NOT_FOUND',
      /audience\.exclude\.0\.id: there is no saved audience with the id "7"/,
    ],
    [
      { type: 'rules', include: [{ type: 'inline', conditions: [{ field: 'a', operator: 'x' }] }] },
      'INVALID_INPUT',
      /audience\.include\.0\.conditions\.0\.operator: "x" is not known/,
    ],
    [{ type: 'reference', name: 'broken' }, 'INVALID_INPUT', /audience\.broken\.conditions\.0\.operator: "like"/],
    [{ type: 'reference', name: 'ring' }, 'INVALID_INPUT', /the saved audience "ring" refers to itself/],
  ])('refuses %j with %s', (audience, code, message) => {
    try {
      isMember(audience, 'Oslo')
      expect.unreachable()
    } catch (error) {
      if (!isBroadsideError(error)) throw error
      expect(error.code).toBe(code)
      expect(error.message).toMatch(message)
      expect(error.issues).toHaveLength(1)
    }
  })
})
