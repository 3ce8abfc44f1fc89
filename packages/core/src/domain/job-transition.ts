import { BroadsideError } from '../model/error.js'
import type { JobStatus } from '../model/job.js'
import { isTerminal, JOB_TRANSITIONS, type JobEvent } from './job-transitions.js'
import { nextStatus } from './transition-table.js'

/** What is decided about one job: enough to say who owns it and where it stands. */
export interface JobSubject {
  readonly id: string
  readonly status: JobStatus
  readonly ownerId?: string | undefined
}

/**
 * The status that `event` takes the job to.
 *
 * @throws BroadsideError `INVALID_TRANSITION`, which says from, to and why.
 */
export function transitionOf(job: JobSubject, event: JobEvent): JobStatus {
  const to = nextStatus(JOB_TRANSITIONS, job.status, event)
  if (to === undefined) throw refusedTransition(job, event)
  return to
}

export function refusedTransition(job: JobSubject, operation: JobEvent | 'delete'): BroadsideError {
  return new BroadsideError(
    'INVALID_TRANSITION',
    `Job ${job.id} is ${job.status}: ${operation} is refused. ${adviceFor(job.status, operation)}`,
    { jobId: job.id, from: job.status, operation },
  )
}

/** @throws BroadsideError `OWNED_BY_SENDING` for a job that its sending runs. */
export function refuseIfOwned(job: JobSubject, operation: string): void {
  if (job.ownerId === undefined) return
  throw new BroadsideError(
    'OWNED_BY_SENDING',
    `Job ${job.id} belongs to sending ${job.ownerId}: ${operation} is refused. Use the sending's own operations.`,
    { jobId: job.id, sendingId: job.ownerId, operation },
  )
}

/** Why, and what to do instead. What the table allows is not asked for here. */
function adviceFor(status: JobStatus, operation: JobEvent | 'delete'): string {
  switch (operation) {
    case 'ingest':
      return 'Items can be added only before run; create a new job for the others.'
    case 'run':
      return `A job runs once${INSTEAD_OF_RUN[status] ?? '; create a new job.'}`
    case 'pause':
      if (status === 'created') return 'It has not been run yet; there is nothing to pause.'
      return status === 'paused' ? 'It is paused already.' : ENDED
    case 'resume':
      return isTerminal(status) ? ENDED : `Only a paused job can be resumed${status === 'created' ? '; run it' : ''}.`
    case 'retryFailed':
      return 'Only a completed job has its failed items taken up again.'
    case 'delete':
      return isTerminal(status)
        ? 'Some of its items are still in flight; wait until they are settled.'
        : 'Only a job that is completed, cancelled or failed can be deleted: cancel it first.'
    default:
      return isTerminal(status) ? ENDED : 'See docs/lifecycle.md for what is allowed when.'
  }
}

const ENDED = 'It has ended and does not change any more.'

const INSTEAD_OF_RUN: { readonly [status in JobStatus]?: string } = {
  processing: ', and this one is running.',
  paused: '; resume it.',
  completed: '; create a new job, or use retryFailed for what failed.',
}
