import type { DeleteSendingParams, SendingChange } from '@broadside/core'
import { deleteJob } from './delete-job.js'
import type { Store } from './store.js'

export function deleteSending(store: Store, { sendingId, version, now }: DeleteSendingParams): SendingChange {
  const sending = store.sendings.get(sendingId)
  if (sending?.version !== version) return { applied: false, sending: sending && { ...sending } }
  const job = sending.jobId === undefined ? undefined : store.jobs.get(sending.jobId)
  if (job && !deleteJob(store, { jobId: job.id, now }).applied) return { applied: false, sending: { ...sending } }
  store.sendings.remove(sendingId)
  return { applied: true }
}
