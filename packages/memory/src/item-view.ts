import type { ClaimedItem, ItemRecord, ItemStatus } from '@broadside/core'
import { type ItemState, isInFlight } from './item-state.js'
import type { JobState } from './job-state.js'

/** What an item reads as: an open item of a closed job that no lease covers reads as its job's closing status. */
export function readStatus(job: JobState, item: ItemState): ItemStatus {
  return isClosedWithJob(job, item) ? (job.closedAs ?? item.status) : item.status
}

export function readCode(job: JobState, item: ItemState): string | undefined {
  return isClosedWithJob(job, item) ? job.closedCode : item.outcome?.code
}

function isClosedWithJob(job: JobState, item: ItemState): boolean {
  return item.status === 'pending' && job.closedAs !== undefined && !isInFlight(item)
}

/** An item as a claim hands it out: a fresh object. */
export function claimedOf(item: ItemState): ClaimedItem {
  return {
    seq: item.seq,
    recipient: item.recipient,
    messageId: item.messageId,
    payload: item.payload,
    attempts: item.attempts,
    trail: item.trail,
  }
}

/** An item as it is read back: a fresh object. */
export function itemRecordOf(job: JobState, item: ItemState): ItemRecord {
  const closed = isClosedWithJob(job, item)
  return {
    ...claimedOf(item),
    status: readStatus(job, item),
    nextAttemptAt: closed ? undefined : item.retry?.nextAttemptAt,
    channel: item.outcome?.channel,
    receipt: item.outcome?.receipt,
    code: readCode(job, item),
    reason: closed ? undefined : item.outcome?.reason,
    settledAt: closed ? job.finishedAt : item.outcome?.settledAt,
  }
}
