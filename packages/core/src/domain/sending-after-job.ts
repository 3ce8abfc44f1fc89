import type { JobStatus } from '../model/job.js'
import type { SendingRecord } from '../storage/sending-record.js'
import { SENDING_TRANSITIONS } from './sending-transitions.js'
import { nextStatus } from './transition-table.js'

/** A sending after a change to it or to its job: one that is transmitting, and whose job is completed, is done. */
export function sendingAfterJob(
  sending: SendingRecord,
  job: { readonly status: JobStatus },
  now: number,
): SendingRecord {
  if (sending.status !== 'transmitting' || job.status !== 'completed') return sending
  const status = nextStatus(SENDING_TRANSITIONS, sending.status, 'lastItemSettled')
  return status === undefined ? sending : { ...sending, status, finishedAt: now, wakeAt: undefined }
}
