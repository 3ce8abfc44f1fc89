import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ITEM_STATUSES } from '../model/item.js'
import { FRESH_FREE, FRESH_HELD, isClosedWithJob, standingOf } from './item-standing.js'

const closing = fc.option(fc.record({ closedAs: fc.constantFrom('cancelled' as const, 'expired' as const) }), {
  nil: undefined,
})
const item = fc.record({ status: fc.constantFrom(...ITEM_STATUSES), held: fc.boolean(), code: fc.constant('BUSY') })

describe('standingOf', () => {
  it('closes what is open and free with its job, and leaves everything else as it is', () => {
    fc.assert(
      fc.property(closing, item, (job, state) => {
        const closes = job !== undefined && state.status === 'pending' && !state.held
        expect(isClosedWithJob(job ?? {}, state)).toBe(closes)
        const { status, code } = standingOf({ ...job, closedCode: 'JOB_CLOSED' }, state)
        expect(status).toBe(closes ? job.closedAs : state.status)
        expect(code).toBe(closes ? 'JOB_CLOSED' : 'BUSY')
      }),
    )
  })

  it('reads items of a closed job that were never settled by whether a lease covers them', () => {
    const job = { closedAs: 'cancelled' as const }
    expect(standingOf(job, FRESH_FREE).status).toBe('cancelled')
    expect(standingOf(job, FRESH_HELD).status).toBe('pending')
  })
})
