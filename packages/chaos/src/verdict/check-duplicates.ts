import type { JobPlan } from '../plan.js'
import type { Handover } from '../receiver/ledger.js'
import type { Interruption, StoredItem, StoredJob } from './evidence.js'
import { CAUSES, type Cause, explainDelivery } from './explain-delivery.js'
import type { Finding } from './finding.js'
import type { LeaseHistory } from './lease-history.js'
import type { LedgerView } from './ledger-view.js'

export interface DuplicateParams {
  readonly plan: JobPlan
  readonly job: StoredJob
  readonly ledger: LedgerView
  readonly leases: ReadonlyMap<string, LeaseHistory>
  readonly interruptions: readonly Interruption[]
}

export interface Duplicates {
  /** How many items arrived more than once. */
  readonly count: number
  /** How many of those have a delivery that nothing explains. */
  readonly unexplained: number
  /** What explains the others, one for each delivery that was followed by another. */
  readonly causes: Readonly<Record<Cause, number>>
  readonly findings: readonly Finding[]
}

/** Every delivery of an item but the one under its last lease has to be explained. */
export function checkDuplicates(params: DuplicateParams): Duplicates {
  const { plan, job, ledger, leases } = params
  const ofJob = [...leases.values()].filter(({ jobId }) => jobId === job.info.id)
  const causes = Object.fromEntries(CAUSES.map((cause) => [cause, 0])) as Record<Cause, number>
  const findings: Finding[] = []
  let count = 0
  for (const item of job.items) {
    const handovers = ledger.taken.get(item.messageId) ?? []
    if (handovers.length < 2) continue
    count += 1
    const { explained, faults } = explainItem({ ...params, item, handovers, ofJob })
    for (const cause of explained) causes[cause] += 1
    if (faults.length === 0) continue
    const text = `${item.recipient} (item ${item.seq}) arrived ${handovers.length} times: ${faults.join('; ')}`
    findings.push({ kind: 'unexplained', job: plan.name, messageId: item.messageId, text })
  }
  return { count, unexplained: findings.length, causes, findings }
}

interface ItemParams extends DuplicateParams {
  readonly item: StoredItem
  readonly handovers: readonly Handover[]
  /** In the order in which they were asked for. */
  readonly ofJob: readonly LeaseHistory[]
}

interface Explained {
  readonly explained: readonly Cause[]
  readonly faults: readonly string[]
}

function explainItem({ plan, item, handovers, leases, ofJob, interruptions }: ItemParams): Explained {
  const tokens = handovers.map(({ token }) => token)
  const faults: string[] = []
  if (plan.onUncertain === 'hold') faults.push('its job holds what is in doubt')
  if (new Set(tokens).size < tokens.length) faults.push('twice under one lease')
  if (tokens.some((token) => !leases.has(token))) faults.push('under a lease that nobody knows to have had')
  const held = tokens.flatMap((token) => leases.get(token) ?? []).sort((a, b) => a.askedAt - b.askedAt)
  const explained: Cause[] = []
  for (const lease of held.slice(0, -1)) {
    const next = ofJob.find(({ askedAt, seqs }) => askedAt > lease.askedAt && seqs.has(item.seq))
    const reclaimedAt = next?.claimedAt ?? Number.POSITIVE_INFINITY
    const answer = explainDelivery({ seq: item.seq, lease, reclaimedAt }, interruptions)
    if ('cause' in answer) explained.push(answer.cause)
    else faults.push(answer.fault)
  }
  return { explained, faults }
}
