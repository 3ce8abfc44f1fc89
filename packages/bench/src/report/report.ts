import type { Missing, Result } from '../result.js'
import { type Machine, machineLines } from './machine.js'
import { resultLines } from './result-tables.js'
import { tableLines } from './table.js'
import { type Target, targetsOf } from './targets.js'

/** All that a run found out, as it is written to a file. */
export interface Report {
  readonly machine: Machine
  readonly results: readonly Result[]
  readonly targets: readonly Target[]
  readonly missing: readonly Missing[]
}

export function reportOf(params: Omit<Report, 'targets'>): Report {
  return { ...params, targets: targetsOf(params.results) }
}

/** For a person to read. */
export function reportText({ machine, results, targets, missing }: Report): string {
  const measured = targets.filter(({ isMet }) => isMet !== undefined)
  const rows = measured.map(({ what, wanted, seen, isMet }) => [what, wanted, seen, isMet ? 'met' : 'NOT MET'])
  return [
    ...machineLines(machine),
    ...resultLines(results),
    ...(rows.length > 0 ? ['', ...tableLines(['target', 'wanted', 'seen', ''], rows)] : []),
    ...notMeasured(targets.length - measured.length),
    ...missing.map(({ system, works, reason }) => `Missing: ${system} (${works.join(', ')}): ${reason}`),
    '',
  ].join('\n')
}

function notMeasured(count: number): readonly string[] {
  return count === 0 ? [] : ['', `${count} targets were not measured in this run; --full measures all of them.`]
}
