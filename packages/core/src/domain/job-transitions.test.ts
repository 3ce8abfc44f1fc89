import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { JOB_STATUSES, type JobStatus } from '../model/job.js'
import { statusAfterChange } from './completion.js'
import { isTerminal, JOB_TRANSITIONS, type JobEvent } from './job-transitions.js'
import { nextStatus, statusesAllowing } from './transition-table.js'

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

/** Section 2 of the specification, row by row. */
const SPECIFIED: readonly (readonly [from: JobStatus, event: JobEvent, to: JobStatus])[] = [
  ['created', 'ingest', 'created'],
  ['created', 'run', 'processing'],
  ['processing', 'pause', 'paused'],
  ['paused', 'resume', 'processing'],
  ['created', 'cancel', 'cancelled'],
  ['processing', 'cancel', 'cancelled'],
  ['paused', 'cancel', 'cancelled'],
  ['processing', 'lastItemSettled', 'completed'],
  ['processing', 'fail', 'failed'],
  ['completed', 'retryFailed', 'processing'],
]

const anyStatus = fc.constantFrom(...JOB_STATUSES)
const anyEvent = fc.constantFrom(...EVENTS)

function reachableFrom(start: JobStatus): Set<JobStatus> {
  const reached = new Set([start])
  for (const status of reached) {
    for (const next of Object.values(JOB_TRANSITIONS[status])) reached.add(next)
  }
  return reached
}

describe('JOB_TRANSITIONS', () => {
  it('has the rows of the specification and no other', () => {
    const rows = JOB_STATUSES.flatMap((from) =>
      Object.entries(JOB_TRANSITIONS[from]).map(([event, to]) => [from, event, to]),
    )
    expect(rows.map(String).sort()).toEqual(SPECIFIED.map(String).sort())
  })

  it('has a row for each status', () => {
    expect(Object.keys(JOB_TRANSITIONS)).toEqual(JOB_STATUSES)
  })

  it('reaches every status from created', () => {
    expect(reachableFrom('created')).toEqual(new Set(JOB_STATUSES))
  })

  it.each(JOB_STATUSES.filter((status) => !isTerminal(status)))('leads from %s to every end', (status) => {
    const reached = reachableFrom(status)
    for (const end of ['completed', 'cancelled', 'failed'] as const) expect(reached).toContain(end)
  })

  it('lets nothing happen to an ended job, but for retryFailed to a completed one', () => {
    fc.assert(
      fc.property(anyStatus.filter(isTerminal), anyEvent, (status, event) => {
        const isRetry = status === 'completed' && event === 'retryFailed'
        expect(nextStatus(JOB_TRANSITIONS, status, event)).toBe(isRetry ? 'processing' : undefined)
      }),
    )
  })

  it('takes in items only before the run', () => {
    expect(statusesAllowing(JOB_TRANSITIONS, 'ingest')).toEqual(['created'])
    expect(statusesAllowing(JOB_TRANSITIONS, 'run')).toEqual(['created'])
  })
})

/** A job as its counters see it: items come in, are settled, and are taken up again. */
interface Walker {
  status: JobStatus
  pending: number
  failed: number
  runs: number
}

type Step = { readonly event: JobEvent } | { readonly settle: 'sent' | 'failed' }

function walk(walker: Walker, step: Step): void {
  if ('settle' in step) {
    settleOne(walker, step.settle)
    return
  }
  const to = nextStatus(JOB_TRANSITIONS, walker.status, step.event)
  const isPremature = step.event === 'lastItemSettled' && walker.pending > 0
  const isIdle = step.event === 'retryFailed' && walker.failed === 0
  if (to === undefined || isPremature || isIdle) return
  if (step.event === 'ingest') walker.pending += 1
  if (step.event === 'run') walker.runs += 1
  if (step.event === 'retryFailed') [walker.pending, walker.failed] = [walker.failed, 0]
  if (to === 'cancelled' || to === 'failed') walker.pending = 0
  walker.status = statusAfterChange(to, walker.pending)
}

function settleOne(walker: Walker, outcome: 'sent' | 'failed'): void {
  const mayBeInFlight = walker.status === 'processing' || walker.status === 'paused'
  if (!mayBeInFlight || walker.pending === 0) return
  walker.pending -= 1
  if (outcome === 'failed') walker.failed += 1
  walker.status = statusAfterChange(walker.status, walker.pending)
}

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ event: anyEvent }),
  fc.record({ settle: fc.constantFrom('sent' as const, 'failed' as const) }),
)

describe('a job that anything happens to', () => {
  it('is completed exactly when it was run and nothing is open, and runs once', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const walker: Walker = { status: 'created', pending: 0, failed: 0, runs: 0 }
        for (const one of steps) {
          walk(walker, one)
          expect(walker.runs).toBeLessThanOrEqual(1)
          if (walker.status === 'processing') expect(walker.pending).toBeGreaterThan(0)
          if (isTerminal(walker.status)) expect(walker.pending).toBe(0)
          if (walker.status === 'completed') expect(walker.runs).toBe(1)
        }
      }),
      { numRuns: 1_000 },
    )
  })

  it('comes to an end once it is resumed or run, and its items are settled', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const walker: Walker = { status: 'created', pending: 0, failed: 0, runs: 0 }
        for (const one of steps) walk(walker, one)
        walk(walker, { event: walker.status === 'created' ? 'run' : 'resume' })
        while (walker.pending > 0) walk(walker, { settle: 'sent' })
        expect(isTerminal(walker.status)).toBe(true)
      }),
      { numRuns: 1_000 },
    )
  })
})
