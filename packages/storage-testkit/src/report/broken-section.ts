import { contractPlacesOf } from '../contract/contract-places.js'
import type { CaseReport, ConformanceReport } from './conformance-report.js'
import { failureLines, labelled } from './failure-lines.js'

/** Each broken guarantee: which, in words, what should have been and what was, and where to read on. */
export function brokenSection({ name, cases }: ConformanceReport): readonly string[] {
  const broken = cases.filter(({ result }) => result === 'broken')
  if (broken.length === 0) return []
  const asked = cases.filter(({ result }) => result === 'held' || result === 'broken')
  return [
    `Broken by ${name}: ${broken.length} of ${asked.length} guarantees`,
    ...broken.flatMap((one) => ['', ...indented(linesOf(one))]),
  ]
}

function linesOf(one: CaseReport): readonly string[] {
  const places = contractPlacesOf(one.name)
  return [
    one.guarantee,
    ...indented([
      ...labelled('case', one.name),
      ...(one.failure ? failureLines(one.failure) : []),
      ...labelled('read on', places.length === 0 ? undefined : `${places.join(', ')} (docstrings of @broadside/core)`),
    ]),
  ]
}

function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => (line === '' ? '' : `  ${line}`))
}
