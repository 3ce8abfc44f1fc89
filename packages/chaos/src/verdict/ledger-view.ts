import type { Handover } from '../receiver/ledger.js'

/** What the ledger says about each message. */
export interface LedgerView {
  /** By message id, in the order of arrival: more than one is a duplicate. */
  readonly taken: ReadonlyMap<string, readonly Handover[]>
  /** Message ids that were turned away for good. */
  readonly refused: ReadonlySet<string>
}

export function ledgerView(handovers: readonly Handover[]): LedgerView {
  const taken = new Map<string, Handover[]>()
  const refused = new Set<string>()
  for (const handover of handovers) {
    handover.messages.forEach(({ messageId }, index) => {
      const outcome = handover.outcomes[index]
      if (outcome === 'refused') refused.add(messageId)
      if (outcome !== 'taken') return
      const earlier = taken.get(messageId)
      if (earlier === undefined) taken.set(messageId, [handover])
      else earlier.push(handover)
    })
  }
  return { taken, refused }
}
