import { ITEM_STATUSES } from '@broadside/core'
import type { JobPlan } from '../plan.js'
import type { StoredJob } from './evidence.js'
import type { Finding } from './finding.js'
import type { LedgerView } from './ledger-view.js'

/** Counters are exact: equal to what the pages of items hold, to what was ingested, and to what the ledger says. */
export function checkCounters(plan: JobPlan, job: StoredJob, ledger: LedgerView): readonly Finding[] {
  const { info, items, codes } = job
  const statuses = tally(items.map(({ status }) => status))
  const countedCodes = tally(items.flatMap(({ code }) => code ?? []))
  const arrived = items.filter(({ messageId }) => ledger.taken.has(messageId)).length
  const refused = items.filter(({ messageId }) => ledger.refused.has(messageId)).length
  const inDoubt = info.counters.uncertain
  const expected: readonly Expected[] = [
    { what: 'status', is: info.status, shouldBe: 'completed' },
    { what: 'in flight', is: info.inFlight, shouldBe: 0 },
    { what: 'received', is: info.counters.received, shouldBe: plan.wanted + plan.refused },
    { what: 'received, by pages', is: items.length, shouldBe: info.counters.received },
    ...ITEM_STATUSES.map((status) => ({
      what: status,
      is: info.counters[status],
      shouldBe: statuses.get(status) ?? 0,
    })),
    ...[...new Set([...countedCodes.keys(), ...Object.keys(codes)])].map((code) => ({
      what: `code ${code}`,
      is: codes[code] ?? 0,
      shouldBe: countedCodes.get(code) ?? 0,
    })),
    { what: 'duplicate users', is: info.ingestErrors.DUPLICATE_USER ?? 0, shouldBe: plan.repeated },
    // Those held in doubt may have arrived, or been refused, or not.
    { what: 'enqueued, by the ledger', is: info.counters.enqueued, shouldBe: arrived, atMostMore: inDoubt },
    { what: 'error, by the ledger', is: info.counters.error, shouldBe: refused, atMostMore: inDoubt },
  ]
  return expected.filter(isWrong).map(({ what, is, shouldBe }) => ({
    kind: 'counter',
    job: plan.name,
    text: `${what} is ${is}, not ${shouldBe}`,
  }))
}

interface Expected {
  readonly what: string
  readonly is: number | string
  readonly shouldBe: number | string
  /** By how much `shouldBe` may be the greater. */
  readonly atMostMore?: number
}

function isWrong({ is, shouldBe, atMostMore = 0 }: Expected): boolean {
  if (typeof is === 'string' || typeof shouldBe === 'string') return is !== shouldBe
  return is > shouldBe || shouldBe - is > atMostMore
}

function tally(values: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return counts
}
