import { describe, expect, it } from 'vitest'
import { SENDING_STATUSES, type SendingStatus } from '../model/sending-status.js'
import { JOB_TRANSITIONS } from './job-transitions.js'
import { ownedJobStatus, type SendingState } from './owned-job.js'
import { pausableStatus, SENDING_TRANSITIONS } from './sending-transitions.js'
import { statusesAllowing } from './transition-table.js'

const PAUSED_STATES: readonly SendingState[] = statusesAllowing(SENDING_TRANSITIONS, 'pause').flatMap((status) => {
  const pausedFrom = pausableStatus(status)
  return pausedFrom === undefined ? [] : [{ status: 'paused' as const, pausedFrom }]
})
const STATES: readonly SendingState[] = [
  ...SENDING_STATUSES.flatMap((status) => (status === 'paused' ? [] : [{ status }])),
  ...PAUSED_STATES,
]

/** Every step that the table allows, with paused told apart by where it came from. */
function steps(): { readonly event: string; readonly from: SendingState; readonly to: SendingState }[] {
  return STATES.flatMap((from) =>
    Object.entries(SENDING_TRANSITIONS[from.status])
      .filter(
        ([event]) => from.status !== 'paused' || !event.startsWith('resume:') || event === `resume:${from.pausedFrom}`,
      )
      .map(([event, status]) => ({ event, from, to: stateIn(status, from.status) })),
  )
}

function stateIn(status: SendingStatus, before: SendingStatus): SendingState {
  if (status !== 'paused') return { status }
  const pausedFrom = pausableStatus(before)
  if (pausedFrom === undefined) throw new Error(`${before} can't be paused`)
  return { status, pausedFrom }
}

describe('ownedJobStatus', () => {
  it.each([
    ['preparing', 'created'],
    ['prepared', 'processing'],
    ['transmitting', 'processing'],
    ['transmitted', 'completed'],
    ['cancelled', 'cancelled'],
    ['failed', 'cancelled'],
    ['draft', undefined],
    ['scheduled', undefined],
    ['pending', undefined],
  ] as const)('of a sending that is %s is %s', (status, expected) => {
    expect(ownedJobStatus({ status })).toBe(expected)
  })

  it.each([
    ['pending', undefined],
    ['preparing', 'created'],
    ['prepared', 'paused'],
    ['transmitting', 'paused'],
  ] as const)('of one paused while %s is %s', (pausedFrom, expected) => {
    expect(ownedJobStatus({ status: 'paused', pausedFrom })).toBe(expected)
  })

  it.each(steps())('$event of $from needs at most one step of the job', ({ from, to }) => {
    const before = ownedJobStatus(from)
    const after = ownedJobStatus(to)
    // Without a job before, there is one from preparing on; a sending that ends before has none.
    if (before === undefined) expect([undefined, 'created', 'cancelled']).toContain(after)
    else if (after !== before) expect(Object.values(JOB_TRANSITIONS[before])).toContain(after)
  })
})
