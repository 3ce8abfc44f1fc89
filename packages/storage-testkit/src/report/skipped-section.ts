import { groupOf } from '../contract/contract-groups.js'
import type { CaseReport, ConformanceReport } from './conformance-report.js'

/** What was skipped, by reason: the groups that were skipped as a whole, and single cases. */
export function skippedSection(reports: readonly ConformanceReport[]): readonly string[] {
  const adapters = new Map<string, string[]>()
  for (const { name, cases } of reports) {
    for (const line of linesOf(cases)) {
      const names = adapters.get(line)
      if (names) names.push(name)
      else adapters.set(line, [name])
    }
  }
  if (adapters.size === 0) return []
  const lines = [...adapters].flatMap(([line, names]) => [
    `  ${line}`,
    ...(reports.length === 1 ? [] : [`    ${names.length === reports.length ? 'all' : names.join('; ')}`]),
  ])
  return ['Skipped', ...lines]
}

function linesOf(cases: readonly CaseReport[]): readonly string[] {
  const skipped = cases.filter(({ result }) => result === 'skipped')
  const reasons = new Set(skipped.map(({ reason = '' }) => reason))
  return [...reasons].map((reason) => {
    const names = skipped.filter((one) => one.reason === reason).map(({ name }) => name)
    return `${names.length} because ${reason}: ${shortened(names, cases).join(', ')}`
  })
}

/** More than these of a group are counted, not named. */
const NAMED = 3

/** By group: `group/*` where all its cases are among the names, how many of how many where several are. */
function shortened(names: readonly string[], cases: readonly CaseReport[]): readonly string[] {
  return [...new Set(names.map(groupOf))].flatMap((group) => {
    const own = names.filter((name) => groupOf(name) === group)
    const { length } = cases.filter(({ name }) => groupOf(name) === group)
    if (own.length === length) return [`${group}/*`]
    return own.length > NAMED ? [`${own.length} of ${length} ${group}/*`] : own
  })
}
