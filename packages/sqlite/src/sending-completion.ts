import { sendingAfterJob } from '@broadside/core'
import type { Connection } from './connection.js'
import type { JobRow } from './job-row.js'
import { findSending, replaceSending } from './sending-row.js'

/** To be called when a job has completed: where a sending waits for that, it is done. */
export function completeSending(db: Connection, job: JobRow, now: number): void {
  const sending = job.ownerId === undefined ? undefined : findSending(db, job.ownerId)
  if (sending?.jobId !== job.id) return
  const after = sendingAfterJob(sending, job, now)
  if (after !== sending) replaceSending(db, { ...after, version: sending.version + 1 })
}
