import { describe, expect, it } from 'vitest'
import { optionsOf } from './options.js'
import { FULL, SHORT } from './plan.js'

describe('optionsOf', () => {
  it('is the short plan, or the full one when asked', () => {
    expect(optionsOf([]).plan).toEqual(SHORT)
    expect(optionsOf(['--full']).plan).toEqual(FULL)
  })

  it('narrows to works, to databases, or to both', () => {
    const { sizes, otherWorks } = optionsOf(['--only', 'drain,sqlite']).plan
    expect(otherWorks).toEqual([])
    expect(sizes.postgres).toEqual([])
    expect(sizes.sqlite.map(({ works }) => works)).toEqual([['drain'], ['drain']])
    expect(optionsOf(['--only', 'idle']).plan.otherWorks).toEqual(['idle'])
    expect(optionsOf(['--only', 'memory']).plan.sizes.memory).toEqual(SHORT.sizes.memory)
  })

  it('takes another size and another number of rounds', () => {
    const { sizes } = optionsOf(['--items', '500', '--rounds', '7']).plan
    expect(sizes.sqlite.map(({ n, rounds }) => [n, rounds])).toEqual([[500, 7]])
  })

  it('narrows and resizes the sendings, too', () => {
    expect(optionsOf(['--only', 'preschedule,sqlite,memory', '--items', '500', '--rounds', '7']).plan).toMatchObject({
      otherWorks: ['preschedule'],
      preschedule: { n: 500, rounds: 7, families: ['sqlite', 'memory'] },
    })
    expect(optionsOf(['--only', 'preschedule']).plan.preschedule).toEqual(SHORT.preschedule)
  })

  it('refuses what it does not know', () => {
    expect(() => optionsOf(['--fast'])).toThrow('--fast')
    expect(() => optionsOf(['--only', 'redis'])).toThrow('redis')
    expect(() => optionsOf(['--items', 'many'])).toThrow('many')
  })
})
