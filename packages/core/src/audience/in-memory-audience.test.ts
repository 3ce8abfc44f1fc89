import { describe, expect, it } from 'vitest'
import type { Audience } from '../model/audience.js'
import type { Member } from '../model/member.js'
import { inMemoryAudience } from './in-memory-audience.js'

const ann = { id: 1, email: 'ann@example.com', properties: { city: 'Oslo' } }
const bob = { id: '2', email: 'bob@example.com', properties: { city: 'Bergen' } }
const inOslo: Audience = { type: 'inline', conditions: [{ field: 'city', operator: 'equals', value: 'Oslo' }] }
const context = { signal: new AbortController().signal }

describe('inMemoryAudience', () => {
  it('resolves, counts and finds members, also those who come later', () => {
    const members: Member[] = [ann]
    const source = inMemoryAudience(members)
    members.push(bob)
    expect([...(source.resolve({ type: 'all' }, context) as Member[])]).toEqual([ann, bob])
    expect([...(source.resolve(inOslo, context) as Member[])]).toEqual([ann])
    expect(source.count?.(inOslo, context)).toBe(1)
    expect([source.member?.('1', context), source.member?.('2', context), source.member?.('3', context)]).toEqual([
      ann,
      bob,
      undefined,
    ])
  })

  it('knows saved audiences by name or id, and no others', () => {
    const source = inMemoryAudience([ann, bob], { locals: inOslo, 15: inOslo })
    for (const saved of [{ name: 'locals' }, { id: 15 }] as const)
      expect(source.count?.({ type: 'reference', ...saved }, context)).toBe(1)
    for (const name of ['nobody', 'toString', '__proto__'])
      expect(() => source.count?.({ type: 'reference', name }, context)).toThrow(
        expect.objectContaining({ code: 'AUDIENCE_NOT_FOUND' }),
      )
    expect(() => inMemoryAudience([ann]).count?.({ type: 'reference', name: 'locals' }, context)).toThrow(
      expect.objectContaining({ code: 'AUDIENCE_NOT_FOUND' }),
    )
  })
})
