import type { DeleteSendingParams, SendingChange } from '@broadside/core'
import type { Connection } from './connection.js'
import { deleteJob } from './delete-job.js'
import { findJob } from './job-row.js'
import { findSending, removeSending } from './sending-row.js'

export function deleteSending(db: Connection, { sendingId, version, now }: DeleteSendingParams): SendingChange {
  const sending = findSending(db, sendingId)
  if (sending?.version !== version) return { applied: false, sending }
  const job = sending.jobId === undefined ? undefined : findJob(db, sending.jobId)
  if (job && !deleteJob(db, { jobId: job.id, now }).applied) return { applied: false, sending }
  removeSending(db, sendingId)
  return { applied: true }
}
