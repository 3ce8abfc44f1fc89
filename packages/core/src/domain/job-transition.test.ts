import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { JOB_STATUSES, type JobStatus } from '../model/job.js'
import { refusedTransition, refuseIfOwned, transitionOf } from './job-transition.js'
import { JOB_TRANSITIONS, type JobEvent } from './job-transitions.js'

const EVENTS: readonly JobEvent[] = [
  'ingest',
  'run',
  'pause',
  'resume',
  'cancel',
  'fail',
  'lastItemSettled',
  'retryFailed',
]

/** Section 2 of the specification: what is allowed, and where it leads. All else is refused. */
const ALLOWED: Readonly<Record<string, JobStatus>> = {
  'created ingest': 'created',
  'created run': 'processing',
  'processing pause': 'paused',
  'paused resume': 'processing',
  'created cancel': 'cancelled',
  'processing cancel': 'cancelled',
  'paused cancel': 'cancelled',
  'processing lastItemSettled': 'completed',
  'processing fail': 'failed',
  'completed retryFailed': 'processing',
}

describe('transitionOf', () => {
  it('leads where the specification says, and refuses the rest with from, what and why', () => {
    fc.assert(
      fc.property(fc.constantFrom(...JOB_STATUSES), fc.constantFrom(...EVENTS), (status, event) => {
        const to = ALLOWED[`${status} ${event}`]
        const job = { id: 'job_1', status }
        if (to !== undefined) {
          expect(transitionOf(job, event)).toBe(to)
          return
        }
        expect(() => transitionOf(job, event)).toThrow(
          expect.objectContaining({
            name: 'BroadsideError',
            code: 'INVALID_TRANSITION',
            jobId: 'job_1',
            from: status,
            operation: event,
            message: expect.stringMatching(
              new RegExp(`^Job job_1 is ${status}: ${event} is refused\\. [A-Z].{10,}\\.$`),
            ),
          }),
        )
      }),
      { numRuns: 500 },
    )
  })

  it.each(['__proto__', 'constructor', 'toString'])('refuses %s as an operation and as a status', (name) => {
    expect(() => transitionOf({ id: 'j', status: 'created' }, name as JobEvent)).toThrow(/is refused/)
    expect(() => transitionOf({ id: 'j', status: name as JobStatus }, 'run')).toThrow(/is refused/)
  })
})

describe('refusedTransition', () => {
  it.each<[JobStatus, JobEvent | 'delete', RegExp]>([
    ['processing', 'ingest', /only before run; create a new job/],
    ['processing', 'run', /runs once, and this one is running/],
    ['paused', 'run', /runs once; resume it/],
    ['completed', 'run', /runs once; create a new job, or use retryFailed/],
    ['cancelled', 'run', /runs once; create a new job\.$/],
    ['created', 'pause', /not been run yet; there is nothing to pause/],
    ['paused', 'pause', /paused already/],
    ['failed', 'pause', /has ended/],
    ['created', 'resume', /Only a paused job can be resumed; run it/],
    ['processing', 'resume', /Only a paused job can be resumed\.$/],
    ['completed', 'resume', /has ended/],
    ['cancelled', 'cancel', /has ended and does not change any more/],
    ['cancelled', 'retryFailed', /Only a completed job/],
    ['processing', 'delete', /cancel it first/],
    ['completed', 'delete', /still in flight; wait/],
    ['created', 'fail', /docs\/lifecycle\.md/],
  ])('tells a %s job asked to %s what to do instead', (status, operation, advice) => {
    expect(refusedTransition({ id: 'job_1', status }, operation).message).toMatch(advice)
  })

  it('advises nothing that is refused as well', () => {
    for (const status of JOB_STATUSES) {
      for (const operation of [...EVENTS, 'delete'] as const) {
        const { message } = refusedTransition({ id: 'job_1', status }, operation)
        const allowed = Object.keys(JOB_TRANSITIONS[status])
        if (/; resume it/.test(message)) expect(allowed).toContain('resume')
        if (/; run it/.test(message)) expect(allowed).toContain('run')
        if (/cancel it first/.test(message)) expect(allowed).toContain('cancel')
        if (/use retryFailed/.test(message)) expect(allowed).toContain('retryFailed')
      }
    }
  })
})

describe('refuseIfOwned', () => {
  it('leaves the jobs of sendings to them', () => {
    expect(() => refuseIfOwned({ id: 'job_1', status: 'created', ownerId: 's1' }, 'run')).toThrow(
      expect.objectContaining({
        code: 'OWNED_BY_SENDING',
        jobId: 'job_1',
        sendingId: 's1',
        operation: 'run',
        message: "Job job_1 belongs to sending s1: run is refused. Use the sending's own operations.",
      }),
    )
  })

  it('has nothing against any other', () => {
    expect(refuseIfOwned({ id: 'job_1', status: 'created' }, 'run')).toBeUndefined()
  })
})
