import { BroadsideError } from '../model/error.js'
import type { SendingInfo } from '../model/sending.js'
import type { JobRecord } from '../storage/job-record.js'
import type { SendingRecord } from '../storage/sending-record.js'
import type { SendingStorage } from '../storage/sending-storage.js'
import type { Storage } from '../storage/storage.js'

/** A stored sending as the public API shows it, with what its job tells, where that is known. */
export function sendingInfo(
  record: SendingRecord,
  job?: Partial<Pick<JobRecord, 'counters' | 'ingestErrors'>>,
): SendingInfo {
  const { id, status, pausedFrom, definition, jobId, scheduledAt, dueAt, createdAt, startedAt, finishedAt, reason } =
    record
  const { name, tags, priority } = definition
  return {
    id,
    status,
    pausedFrom,
    name,
    tags,
    priority,
    definition,
    jobId,
    counters: job?.counters,
    leftOut: job?.ingestErrors,
    scheduledAt,
    dueAt,
    createdAt,
    startedAt,
    finishedAt,
    reason,
  }
}

export function sendingNotFound(sendingId: string): BroadsideError {
  return new BroadsideError(
    'SENDING_NOT_FOUND',
    `Sending ${sendingId} does not exist: check the id, it may have been deleted.`,
    { sendingId },
  )
}

/** @throws BroadsideError `NOT_SUPPORTED` for a storage that keeps no sendings. */
export function sendingsOf(storage: Storage): SendingStorage {
  if (storage.capabilities.sendings && storage.sendings !== undefined) return storage.sendings
  throw new BroadsideError(
    'NOT_SUPPORTED',
    'This storage keeps no sendings: use one whose capabilities.sendings is true.',
  )
}
