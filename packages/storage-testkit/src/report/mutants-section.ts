import type { ConformanceReport, MutantReport } from './conformance-report.js'
import { failureLines, labelled } from './failure-lines.js'
import { countOf } from './group-table.js'

/** How many of the broken storages were found out, and which were not; with `details`, by what. */
export function mutantsSection(reports: readonly ConformanceReport[], details: boolean): readonly string[] {
  const asked = reports.filter(({ mutants }) => mutants.length > 0)
  if (asked.length === 0) return []
  const mutants = asked.flatMap((report) => report.mutants)
  const shown = new Set(mutants.filter(({ result }) => result !== 'skipped').map(({ name }) => name))
  const killed = countOf(mutants, 'killed')
  const places = asked.map((report) => `${countOf(report.mutants, 'killed')} in front of ${report.name}`)
  return [
    `Mutants: ${killed} of ${shown.size} killed${killed === shown.size ? '' : ', which is not all'} (${places.join(', ')})`,
    ...asked.flatMap(({ name, mutants: own }) => [
      ...named(own, 'survived').map((mutant) => `  SURVIVED in front of ${name}: ${mutant}`),
      ...named(own, 'not run').map((mutant) => `  not run in front of ${name}: ${mutant}`),
    ]),
    ...skippedLines(mutants.filter(({ name }) => !shown.has(name))),
    ...(details ? asked.flatMap((report) => report.mutants.flatMap((mutant) => detailsOf(mutant, report))) : []),
  ]
}

function named(mutants: readonly MutantReport[], result: MutantReport['result']): readonly string[] {
  return mutants.filter((mutant) => mutant.result === result).map(({ name }) => name)
}

/** Those that no storage could show, by the reason. */
function skippedLines(mutants: readonly MutantReport[]): readonly string[] {
  const reasons = new Set(mutants.map(({ reason = '' }) => reason))
  return [...reasons].map((reason) => {
    const names = new Set(mutants.filter((mutant) => mutant.reason === reason).map(({ name }) => name))
    return `  ${names.size} skipped because ${reason}: ${[...names].join('; ')}`
  })
}

function detailsOf({ name, killedBy, failure }: MutantReport, { cases }: ConformanceReport): readonly string[] {
  if (killedBy === undefined || !failure) return []
  const guarantee = cases.find((one) => one.name === killedBy)?.guarantee
  const how = [
    ...labelled('killed by', killedBy),
    ...labelled('it broke', guarantee),
    ...failureLines({ ...failure, calls: [] }),
  ]
  return ['', `  ${name}`, ...how.map((line) => `    ${line}`)]
}
