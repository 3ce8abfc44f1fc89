import { sendingAfterJob } from '@broadside/core'
import type { JobRow } from './job-row.js'
import { lockSending, replaceSending } from './sending-row.js'
import type { Session } from './session.js'

/** To be called when a job has completed: where a sending waits for that, it is done. */
export async function completeSending(session: Session, job: JobRow, now: number): Promise<void> {
  const sending = job.ownerId === undefined ? undefined : await lockSending(session, job.ownerId)
  if (sending?.jobId !== job.id) return
  const after = sendingAfterJob(sending, job, now)
  if (after !== sending) await replaceSending(session, { ...after, version: sending.version + 1 })
}
