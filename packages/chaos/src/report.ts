import type { Plan } from './plan.js'
import type { ChaosResult } from './run-chaos.js'
import { CAUSES } from './verdict/explain-delivery.js'

const SHOWN_FINDINGS = 20

/** The one line of a storage on stdout. */
export function verdictLine(plan: Plan, { verdict, interruptions, seconds }: ChaosResult): string {
  const { items, delivered, lost, duplicates, unexplainedDuplicates, causes, refused, held, findings } = verdict
  const count = (type: string): number => interruptions.filter((one) => one.type === type).length
  const terminations = interruptions.reduce((sum, one) => sum + (one.type === 'terminate' ? one.connections : 0), 0)
  return JSON.stringify({
    storage: plan.storage,
    items,
    delivered,
    lost,
    duplicates,
    unexplainedDuplicates,
    kills: count('kill'),
    wrongCounters: findings.filter(({ kind }) => kind === 'counter').length,
    brokenPromises: findings.filter(({ kind }) => kind === 'promise').length,
    freezes: count('freeze'),
    terminations,
    restarts: count('restart'),
    explainedBy: causes,
    refused,
    held,
    takeovers: verdict.takeovers,
    workers: plan.workers,
    seconds: Math.round(seconds * 10) / 10,
    seed: plan.seed,
  })
}

/** The same for people. */
export function summary(plan: Plan, { verdict, seconds }: ChaosResult): string {
  const { items, delivered, duplicates, causes, takeovers, held, findings } = verdict
  const explained = CAUSES.filter((cause) => causes[cause] > 0).map((cause) => `${cause} ${causes[cause]}`)
  const shown = findings.slice(0, SHOWN_FINDINGS).map(({ kind, job, text, messageId }) => {
    return `  ${kind}: ${[job, text, messageId && `(${messageId})`].filter(Boolean).join(' ')}`
  })
  const more = findings.length - shown.length
  return [
    `${plan.storage}: ${delivered} of ${items} arrived in ${seconds.toFixed(0)} s (seed ${plan.seed})`,
    `  twice: ${duplicates}; what explains their earlier deliveries: ${explained.join(', ') || 'nothing to explain'}`,
    `  held: ${held.delivered} of ${held.items} arrived, ${held.uncertain} in doubt, none twice unless told below`,
    `  taken over from the killed: ${takeovers.count} leases, in ${takeovers.medianMs} ms (${takeovers.maxMs} at most);` +
      ` ${takeovers.medianLateMs} ms after the lease's end (${takeovers.maxLateMs} at most; leases last ${plan.leaseMs})`,
    ...(findings.length === 0 ? ['  nothing found wrong'] : [`  FOUND WRONG: ${findings.length}`]),
    ...shown,
    ...(more > 0 ? [`  … and ${more} more`] : []),
  ].join('\n')
}
