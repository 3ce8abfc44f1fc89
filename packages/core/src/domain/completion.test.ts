import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { JOB_STATUSES } from '../model/job.js'
import { statusAfterChange } from './completion.js'

describe('statusAfterChange', () => {
  it('completes a job that is going out once nothing is open, and changes nothing else', () => {
    fc.assert(
      fc.property(fc.constantFrom(...JOB_STATUSES), fc.nat({ max: 3 }), (status, pending) => {
        const isDone = status === 'processing' && pending === 0
        expect(statusAfterChange(status, pending)).toBe(isDone ? 'completed' : status)
      }),
    )
  })

  it('does not complete a job that is paused, or not run yet, although nothing is open', () => {
    expect(statusAfterChange('paused', 0)).toBe('paused')
    expect(statusAfterChange('created', 0)).toBe('created')
  })
})
