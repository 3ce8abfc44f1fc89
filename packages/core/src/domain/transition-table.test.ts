import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nextStatus, statusesAllowing, type TransitionTable } from './transition-table.js'

type Light = 'red' | 'green' | 'off'
type Press = 'go' | 'stop' | 'switchOff'

const TABLE: TransitionTable<Light, Press> = {
  red: { go: 'green', switchOff: 'off' },
  green: { stop: 'red', switchOff: 'off' },
  off: {},
}

describe('nextStatus', () => {
  it('follows the table', () => {
    expect(nextStatus(TABLE, 'red', 'go')).toBe('green')
    expect(nextStatus(TABLE, 'green', 'stop')).toBe('red')
  })

  it('refuses what is absent', () => {
    expect(nextStatus(TABLE, 'red', 'stop')).toBeUndefined()
    expect(nextStatus(TABLE, 'off', 'go')).toBeUndefined()
  })

  it('finds nothing that is not written in the table, whatever it is asked', () => {
    const word = fc.oneof(
      fc.string(),
      fc.constantFrom('red', 'green', 'off', 'go', 'stop', 'switchOff'),
      fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty'),
    )
    fc.assert(
      fc.property(word, word, (from, event) => {
        const row = Object.entries(TABLE).find(([status]) => status === from)?.[1] ?? {}
        const expected = Object.entries(row).find(([name]) => name === event)?.[1]
        expect(nextStatus(TABLE, from as Light, event as Press)).toBe(expected)
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('statusesAllowing', () => {
  it('lists them in the order of the table', () => {
    expect(statusesAllowing(TABLE, 'switchOff')).toEqual(['red', 'green'])
    expect(statusesAllowing(TABLE, 'stop')).toEqual(['green'])
  })

  it('is empty for an event that nothing allows', () => {
    expect(statusesAllowing(TABLE, 'toString' as Press)).toEqual([])
  })
})
