import type { JobRecord } from '../storage/job-record.js'
import type { SendingRecord } from '../storage/sending-record.js'
import type { Storage } from '../storage/storage.js'
import { transmitStep } from './building-steps.js'
import type { SendingChanges } from './sending-changes.js'
import type { StepContext } from './sending-step.js'

export interface JobAheadPorts {
  readonly storage: Storage
  readonly changes: SendingChanges
}

/**
 * The job of a prepared sending goes on by itself when its instant comes, ahead of the change that says so. Once it is completed it allows no other
 * change: makes this one. False when that is not how it stands.
 */
export async function catchUpWithJob(
  record: SendingRecord,
  context: StepContext,
  { storage, changes }: JobAheadPorts,
): Promise<boolean> {
  if (record.status !== 'prepared' || record.jobId === undefined) return false
  const job = await storage.getJob(record.jobId)
  if (job?.status !== 'completed') return false
  return (await changes.apply(transmitStep(record, { ...context, job }))).applied
}

/** Whether something of a job has gone out, or is about to. */
export function hasBegun({ counters, inFlight }: JobRecord): boolean {
  return inFlight > 0 || counters.pending < counters.received
}
