import type { ClaimedItem } from '@broadside/core'
import { fromColumn, fromNullable } from './column-text.js'
import type { Column } from './column-value.js'
import type { Range } from './lease.js'
import type { Session, Sql } from './session.js'

/** What a claim hands out of an item. */
export type ClaimedColumns = [
  seq: string,
  recipient: string,
  messageId: string,
  payload: string,
  attempts: string,
  trail: Column,
]

/** The same of an item that was never settled, of which there was no attempt. */
export type FreshColumns = [seq: string, recipient: string, messageId: string, payload: string]

/** Selects {@link ClaimedColumns}. */
export const CLAIMED_COLUMNS = 'item.seq, item.recipient, item.message_id, item.payload, item.attempts, item.trail'

export function claimedFrom(row: ClaimedColumns | FreshColumns): ClaimedItem {
  const [seq, recipient, messageId, payload, attempts = '0', trail = null] = row
  return {
    seq: Number(seq),
    recipient: fromColumn(recipient),
    messageId: fromColumn(messageId),
    payload: fromColumn(payload),
    attempts: Number(attempts),
    trail: fromNullable(trail),
  }
}

export interface FreshParams extends Range {
  readonly limit: number
}

/** Items of a range that were never settled, by `seq`, up to `limit`. */
export async function readFresh(session: Session, job: string, params: FreshParams): Promise<readonly ClaimedItem[]> {
  const { firstSeq, lastSeq, limit } = params
  return (await session.rows<ClaimedColumns>(FRESH, job, firstSeq, lastSeq, limit)).map(claimedFrom)
}

const FRESH: Sql = (s) => `
  select ${CLAIMED_COLUMNS} from ${s}.items as item
  where job = $1 and seq >= $2 and seq <= $3 and not detached order by seq limit $4`
