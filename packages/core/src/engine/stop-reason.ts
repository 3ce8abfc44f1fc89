import type { JobControl } from '../storage/job-record.js'

/** Why the items of a lease that have not started are left unstarted. Providers see it as the reason of their abort signal. */
export type StopReason = 'paused' | 'closed' | 'lease-lost' | 'shutdown'

/** The reason that a job's control state gives, if it gives one. */
export function stopReasonOf({ status, closedAs }: JobControl): StopReason | undefined {
  if (closedAs !== undefined) return 'closed'
  return status === 'paused' ? 'paused' : undefined
}
