import type { DeleteSendingParams, SendingChange } from '@broadside/core'
import { deleteJob } from './delete-job.js'
import { lockJob } from './job-row.js'
import { findSending, lockSending, removeSending } from './sending-row.js'
import type { Session } from './session.js'

export async function deleteSending(
  session: Session,
  { sendingId, version, now }: DeleteSendingParams,
): Promise<SendingChange> {
  // In the order in which a job that completes takes these locks. While the version is the same, so is the job.
  const found = await findSending(session, sendingId)
  if (found?.version !== version) return { applied: false, sending: found }
  const job = found.jobId === undefined ? undefined : await lockJob(session, found.jobId)
  const sending = await lockSending(session, sendingId)
  if (sending?.version !== version) return { applied: false, sending }
  if (job && !(await deleteJob(session, { jobId: job.id, now })).applied) return { applied: false, sending }
  await removeSending(session, sendingId)
  return { applied: true }
}
