import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { CONFORMANCE_CASES } from '../conformance-cases.js'
import { CONTRACT_GROUPS, groupOf } from './contract-groups.js'
import { CONTRACT_PLACES, type ContractPlace, contractPlacesOf, isNamedBy } from './contract-places.js'

const CONTRACT = [
  { file: 'storage.ts', root: 'Storage' },
  { file: 'sending-storage.ts', root: 'SendingStorage' },
]
const names = CONFORMANCE_CASES.map(({ name }) => name)

/** Each docstring of the contract that names cases, with what it belongs to. */
function readContract({ file, root }: { readonly file: string; readonly root: string }): readonly ContractPlace[] {
  const source = readFileSync(new URL(`../../../core/src/storage/${file}`, import.meta.url), 'utf8')
  const documented = source.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*(?:export interface )?(\w+)/g)
  return [...documented].flatMap(([, text = '', name]) => {
    const lists = text.matchAll(/Conformance: ((?:`[^`]+`(?:,\s+)?)+)/g)
    const cases = [...lists].flatMap(([, list = '']) => [...list.matchAll(/`([^`]+)`/g)].map(([, one = '']) => one))
    return cases.length === 0 ? [] : [{ part: name === root ? root : `${root}.${name}`, cases }]
  })
}

const places = CONTRACT.flatMap(readContract)

describe('the contract', () => {
  it('names cases that there are', () => {
    for (const { cases } of places) {
      for (const pattern of cases)
        expect
          .soft(
            names.some((name) => isNamedBy(name, [pattern])),
            pattern,
          )
          .toBe(true)
    }
  })

  it('names every case', () => {
    const patterns = places.flatMap(({ cases }) => cases)
    expect(names.filter((name) => !isNamedBy(name, patterns))).toEqual([])
  })

  it('says what the report tells an author to read', () => {
    expect(CONTRACT_PLACES).toEqual(places)
  })
})

describe('the groups', () => {
  it('are those of the cases', () => {
    const known = CONTRACT_GROUPS.map(({ name }) => name)
    expect(new Set(known).size).toBe(known.length)
    expect(new Set(names.map(groupOf))).toEqual(new Set(known))
  })
})

describe('contractPlacesOf', () => {
  it('finds a method by its group', () => {
    expect(contractPlacesOf('extend/fenced-by-the-token')).toEqual(['Storage.extend'])
  })

  it('finds a method by a single case', () => {
    expect(contractPlacesOf('counters/codes')).toContain('Storage.countCodes')
    expect(contractPlacesOf('counters/many-hands')).not.toContain('Storage.countCodes')
  })

  it('knows nothing of an author’s own cases', () => {
    expect(contractPlacesOf('mine/own')).toEqual([])
  })
})
