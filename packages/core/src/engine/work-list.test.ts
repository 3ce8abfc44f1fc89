import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { WorkList } from './work-list.js'

describe('WorkList', () => {
  it('gives each item once, front to back, however much is taken at a time', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.array(fc.nat({ max: 7 })), (items, counts) => {
        const work = new WorkList(items)
        const taken: number[] = []
        for (const count of counts) {
          const before = work.size
          const group = work.take(count)
          expect(group).toHaveLength(Math.min(count, before))
          expect(work.size).toBe(before - group.length)
          taken.push(...group)
        }
        expect([...taken, ...work.take(items.length)]).toEqual(items)
        expect([work.size, work.take(1)]).toEqual([0, []])
      }),
    )
  })
})
