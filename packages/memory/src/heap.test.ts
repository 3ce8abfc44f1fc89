import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Heap } from './heap.js'

function numbers(): Heap<number> {
  return new Heap<number>((a, b) => a < b)
}

describe('Heap', () => {
  it('gives what was pushed, in order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), (values) => {
        const heap = numbers()
        for (const value of values) heap.push(value)
        const popped = values.map(() => heap.pop())
        expect(popped).toEqual([...values].sort((a, b) => a - b))
        expect(heap.pop()).toBeUndefined()
      }),
    )
  })

  it('keeps the first in front while pushes and pops alternate', () => {
    const steps = fc.array(fc.oneof(fc.integer(), fc.constant('pop' as const)))
    fc.assert(
      fc.property(steps, (commands) => {
        const heap = numbers()
        let sorted: number[] = []
        for (const command of commands) {
          if (command === 'pop') {
            expect(heap.pop()).toBe(sorted[0])
            sorted = sorted.slice(1)
          } else {
            heap.push(command)
            sorted = [...sorted, command].sort((a, b) => a - b)
          }
          expect(heap.peek()).toBe(sorted[0])
          expect(heap.size).toBe(sorted.length)
        }
      }),
    )
  })
})
