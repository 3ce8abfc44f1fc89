import type { JobPlan } from '../plan.js'
import { fateOf, recipientsOf } from '../recipients.js'
import type { StoredItem, StoredJob } from './evidence.js'
import type { Finding } from './finding.js'
import type { LedgerView } from './ledger-view.js'

/** Nobody is lost: each recipient is an item, and what storage says of each is what the ledger says. */
export function checkItems(plan: JobPlan, { items }: Pick<StoredJob, 'items'>, ledger: LedgerView): readonly Finding[] {
  return [
    ...checkRecipients(plan, items),
    ...items.flatMap((item) => {
      const finding = checkItem(plan, item, ledger)
      return finding === undefined ? [] : [{ ...finding, job: plan.name, messageId: item.messageId }]
    }),
  ]
}

function checkRecipients(plan: JobPlan, items: readonly StoredItem[]): readonly Finding[] {
  const missing = new Set(recipientsOf(plan))
  const findings: Finding[] = []
  for (const { recipient, messageId } of items) {
    const text = `${recipient} is an item twice, or is nobody's`
    if (!missing.delete(recipient)) findings.push({ kind: 'counter', job: plan.name, messageId, text })
  }
  for (const recipient of missing) findings.push({ kind: 'lost', job: plan.name, text: `${recipient} is no item` })
  return findings
}

function checkItem(plan: JobPlan, item: StoredItem, { taken, refused }: LedgerView): Finding | undefined {
  const { recipient, messageId, status, code } = item
  const hasArrived = taken.has(messageId)
  const wasReached = hasArrived || refused.has(messageId)
  const text = `${recipient} is ${status}${code === undefined ? '' : ` (${code})`}`
  if (status === 'enqueued') return hasArrived ? undefined : { kind: 'lost', text: `${text}, and has not arrived` }
  if (status === 'uncertain' && plan.onUncertain === 'hold') return undefined
  if (!wasReached) return { kind: 'lost', text: `${text}, and nobody ever got to them` }
  if (hasArrived) return { kind: 'counter', text: `${text}, and has arrived` }
  const isRefused = fateOf(recipient) === 'refused' && status === 'error' && code === 'REFUSED'
  return isRefused ? undefined : { kind: 'counter', text: `${text}, and was refused` }
}
