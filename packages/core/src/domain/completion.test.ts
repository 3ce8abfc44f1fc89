import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { JOB_STATUSES } from '../model/job.js'
import { jobAfterChange, statusAfterChange } from './completion.js'
import { isTerminal } from './job-transitions.js'

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

describe('jobAfterChange', () => {
  const status = fc.constantFrom(...JOB_STATUSES)

  it('keeps finishedAt exactly while the job is terminal, as of the change that ended it', () => {
    fc.assert(
      fc.property(status, fc.option(status, { nil: undefined }), fc.nat({ max: 2 }), (was, to, pending) => {
        const finishedAt = isTerminal(was) ? 1 : undefined
        const after = jobAfterChange({ status: was, finishedAt, to, pending, now: 2 })
        expect(after.status).toBe(statusAfterChange(to ?? was, pending))
        const ends = isTerminal(after.status)
        const endedBefore = to === undefined && isTerminal(was)
        expect(after.finishedAt).toBe(ends ? (endedBefore ? 1 : 2) : undefined)
      }),
    )
  })

  it('says once that the job is completed', () => {
    const last = { pending: 0, now: 2 }
    expect(jobAfterChange({ ...last, status: 'processing' }).completed).toBe(true)
    expect(jobAfterChange({ ...last, status: 'paused', to: 'processing' }).completed).toBe(true)
    expect(jobAfterChange({ ...last, status: 'completed', finishedAt: 1 }).completed).toBe(false)
    expect(jobAfterChange({ ...last, status: 'processing', pending: 1 }).completed).toBe(false)
  })
})
