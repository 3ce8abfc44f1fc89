import type { JobStatus } from '../model/job.js'
import type { PausableStatus, SendingStatus } from '../model/sending-status.js'

const JOB_STATUS: { readonly [status in Exclude<SendingStatus, 'paused'>]: JobStatus | undefined } = {
  draft: undefined,
  scheduled: undefined,
  pending: undefined,
  preparing: 'created',
  prepared: 'processing',
  transmitting: 'processing',
  transmitted: 'completed',
  skipped: 'cancelled',
  cancelled: 'cancelled',
  // Not `failed`, which closes items as `error`: what a failed sending has not sent is `expired`.
  failed: 'cancelled',
}

/** Where a sending stands; `pausedFrom` with `paused`, and only then. */
export type SendingState =
  | { readonly status: Exclude<SendingStatus, 'paused'> }
  | { readonly status: 'paused'; readonly pausedFrom: PausableStatus }

/**
 * The status that a sending's job must have; `undefined` while there is none. A sending that ended before it was prepared has no
 * job either.
 */
export function ownedJobStatus(state: SendingState): JobStatus | undefined {
  if (state.status !== 'paused') return JOB_STATUS[state.status]
  const status = JOB_STATUS[state.pausedFrom]
  return status === 'processing' ? 'paused' : status
}
