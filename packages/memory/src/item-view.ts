import {
  type ClaimedItem,
  type ItemRecord,
  type ItemStatus,
  isClosedWithJob,
  type SettledState,
  standingOf,
} from '@broadside/core'
import { type ItemState, isInFlight } from './item-state.js'
import type { JobState } from './job-state.js'

/** What an item reads as. */
export function readStatus(job: JobState, item: ItemState): ItemStatus {
  return standingOf(job, stateOf(item)).status
}

export function readCode(job: JobState, item: ItemState): string | undefined {
  return standingOf(job, stateOf(item)).code
}

/** The item as core's rules see it. */
export function stateOf(item: ItemState): SettledState {
  return {
    status: item.status,
    code: item.outcome?.code,
    held: isInFlight(item),
    token: item.lease?.token,
    spent: item.settledByLease,
  }
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
  const closed = isClosedWithJob(job, stateOf(item))
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
