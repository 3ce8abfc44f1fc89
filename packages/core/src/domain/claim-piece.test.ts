import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { boundAfterReap, sizeOfClaim, startedThroughOf } from './claim-piece.js'

const size = fc.integer({ min: 1, max: 5_000 })
const itemsOf = (count: number) => Array.from({ length: count }, (_, index) => ({ seq: index * 3 }))

describe('a piece that came back from a reaped lease', () => {
  it('is halved until a single item is left, however large the lease was', () => {
    fc.assert(
      fc.property(size, (first) => {
        let lease = first
        for (let reaps = 0; reaps < Math.ceil(Math.log2(first)); reaps += 1) {
          const next = sizeOfClaim({ open: lease, maxClaim: boundAfterReap(lease) }, 5_000)
          expect(next).toBeLessThanOrEqual(Math.max(1, lease / 2))
          lease = next
        }
        expect(lease).toBe(1)
      }),
    )
  })

  it('has started, once it is a single item', () => {
    const items = itemsOf(1)
    expect(startedThroughOf({ items, start: 0, piece: { open: 7, maxClaim: 1 } })).toBe(0)
    expect(startedThroughOf({ items, start: 0, piece: { open: 1, maxClaim: 40 } })).toBe(0)
    expect(startedThroughOf({ items, start: 0, piece: { open: 1 } })).toBe(-1)
    expect(startedThroughOf({ items, start: 0 })).toBe(-1)
  })
})

describe('a claim', () => {
  it('takes no more than it asks for, than there is, and than its bound', () => {
    fc.assert(
      fc.property(size, size, fc.option(size, { nil: undefined }), (open, limit, maxClaim) => {
        expect(sizeOfClaim({ open, maxClaim }, limit)).toBe(Math.min(open, limit, maxClaim ?? limit))
      }),
    )
  })

  it('starts as many as the engine says, and never more than it has', () => {
    fc.assert(
      fc.property(fc.nat({ max: 20 }), fc.nat({ max: 30 }), (count, start) => {
        const started = Math.min(count, start)
        expect(startedThroughOf({ items: itemsOf(count), start })).toBe(started === 0 ? -1 : (started - 1) * 3)
      }),
    )
  })
})
