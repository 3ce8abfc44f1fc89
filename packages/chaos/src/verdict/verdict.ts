import { ZERO_COUNTERS } from '@broadside/core'
import { checkCounters } from './check-counters.js'
import { checkDuplicates, type Duplicates } from './check-duplicates.js'
import { checkItems } from './check-items.js'
import { checkPromises } from './check-promises.js'
import type { Evidence, StoredJob } from './evidence.js'
import { CAUSES, type Cause } from './explain-delivery.js'
import type { Finding } from './finding.js'
import { leaseHistories } from './lease-history.js'
import { ledgerView } from './ledger-view.js'
import { type Takeovers, takeovers } from './takeovers.js'

/** What the receiving side's ledger, the processes' logs and the storage say about each other. */
export interface Verdict {
  /** How many items had to arrive. */
  readonly items: number
  /** How many of those did. */
  readonly delivered: number
  /** Of all items, those that had not to arrive included. */
  readonly lost: number
  /** Items that arrived more than once. */
  readonly duplicates: number
  readonly unexplainedDuplicates: number
  /** What explains the others, one for each delivery that was followed by another. */
  readonly causes: Readonly<Record<Cause, number>>
  /** Items that the receiving side refused, as planned. */
  readonly refused: number
  /** The job whose doubtful items are held: none of it may arrive twice. */
  readonly held: { readonly items: number; readonly delivered: number; readonly uncertain: number }
  readonly takeovers: Takeovers
  readonly findings: readonly Finding[]
}

/** Pure: the same evidence gives the same verdict. */
export function verdictOf(evidence: Evidence): Verdict {
  const { plans, jobs, processes, interruptions } = evidence
  const ledger = ledgerView(evidence.handovers)
  const leases = leaseHistories(processes)
  const matched = plans.map((plan) => ({ plan, job: jobs.find(({ info }) => info.name === plan.name) ?? missing() }))
  const duplicates = matched.map(({ plan, job }) => checkDuplicates({ plan, job, ledger, leases, interruptions }))
  const findings = [
    ...matched.flatMap(({ plan, job }) => [...checkItems(plan, job, ledger), ...checkCounters(plan, job, ledger)]),
    ...duplicates.flatMap((one) => one.findings),
    ...checkPromises({ evidence, ledger, leases }),
  ]
  const arrivedOf = (onUncertain: 'resend' | 'hold'): number =>
    sum(
      matched
        .filter(({ plan }) => plan.onUncertain === onUncertain)
        .map(({ job }) => job.items.filter(({ messageId }) => ledger.taken.has(messageId)).length),
    )
  const wantedOf = (onUncertain: 'resend' | 'hold'): number =>
    sum(plans.filter((plan) => plan.onUncertain === onUncertain).map(({ wanted }) => wanted))
  return {
    items: wantedOf('resend'),
    delivered: arrivedOf('resend'),
    lost: findings.filter(({ kind }) => kind === 'lost').length,
    duplicates: sum(duplicates.map(({ count }) => count)),
    unexplainedDuplicates: sum(duplicates.map(({ unexplained }) => unexplained)),
    causes: causesOf(duplicates),
    refused: ledger.refused.size,
    held: {
      items: wantedOf('hold'),
      delivered: arrivedOf('hold'),
      uncertain: sum(matched.map(({ job }) => job.info.counters.uncertain)),
    },
    takeovers: takeovers({ processes, leases, interruptions }),
    findings,
  }
}

function causesOf(duplicates: readonly Duplicates[]): Record<Cause, number> {
  const entries = CAUSES.map((cause) => [cause, sum(duplicates.map(({ causes }) => causes[cause]))])
  return Object.fromEntries(entries) as Record<Cause, number>
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

/** A job that storage does not know: all its recipients are lost. */
function missing(): StoredJob {
  return {
    info: { id: '', status: 'created', counters: ZERO_COUNTERS, inFlight: 0, ingestErrors: {} },
    items: [],
    codes: {},
  }
}
