import { isTerminal } from '../domain/job-transitions.js'
import type { JobInfo } from '../model/job.js'
import type { JobProgress } from '../model/progress.js'
import type { JobRecord } from '../storage/job-record.js'

/** A stored job as the public API shows it. */
export function jobInfo(record: JobRecord): JobInfo {
  const {
    id,
    ownerId,
    status,
    definition,
    counters,
    inFlight,
    closedAs,
    runNo,
    ingestErrors,
    createdAt,
    startedAt,
    finishedAt,
  } = record
  const { name, tags, priority } = definition
  return {
    id,
    sendingId: ownerId,
    status,
    name,
    tags,
    priority,
    definition,
    counters,
    inFlight,
    closedAs,
    runNo,
    ingestErrors,
    createdAt,
    startedAt,
    finishedAt,
  }
}

export function jobProgress(record: JobRecord): JobProgress {
  const { id, status, counters, inFlight } = record
  return { jobId: id, status, counters, inFlight, isFinal: isAtRest(record) }
}

/** True when the job has ended and what was in flight at its end has been settled too. */
export function isAtRest(record: JobRecord): boolean {
  return isTerminal(record.status) && record.inFlight === 0
}
