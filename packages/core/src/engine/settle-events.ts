import { parseTrail } from '../domain/trail.js'
import type { Events } from './events.js'
import type { LedgerEntry, SettleReport } from './lease-ledger.js'

/** Tells of each item that a settle changed, while somebody listens. */
export function tellSettled({ jobId, entries, result }: SettleReport, events: Events): void {
  if (!events.isHeard('item:settled') && !events.isHeard('item:retry')) return
  entries.forEach((entry, i) => {
    if (result.answers[i] === 'applied') tellOne(jobId, entry, events)
  })
}

function tellOne(jobId: string, { settlement, item }: LedgerEntry, events: Events): void {
  const { seq, to, channel, receipt, code, reason, nextAttemptAt } = settlement
  const { recipient, messageId } = item
  if (to !== 'pending')
    events.emit('item:settled', { jobId, seq, recipient, messageId, status: to, channel, receipt, code, reason })
  else if (nextAttemptAt !== undefined)
    events.emit('item:retry', {
      jobId,
      seq,
      recipient,
      nextAttemptAt,
      reason,
      mayBeOut: parseTrail(settlement.trail).mayBeOut,
    })
}
