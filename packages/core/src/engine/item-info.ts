import type { Item } from '../model/item.js'
import type { IngestUser } from '../model/user.js'
import type { ItemRecord } from '../storage/item-record.js'

/** A stored item as the public API shows it. */
export function itemInfo(record: ItemRecord): Item {
  const { seq, recipient, messageId, status, attempts, nextAttemptAt, channel, receipt, code, reason, settledAt } =
    record
  const { profile, data, preferences, to } = JSON.parse(record.payload) as IngestUser
  return {
    seq,
    recipient,
    messageId,
    status,
    attempts,
    nextAttemptAt,
    channel,
    receipt,
    code,
    reason,
    settledAt,
    profile,
    data,
    preferences,
    to,
  }
}
