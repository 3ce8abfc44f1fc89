import { brokenSection } from './broken-section.js'
import type { ConformanceReport } from './conformance-report.js'
import { countOf, groupTable } from './group-table.js'
import { modelSection } from './model-section.js'
import { mutantsSection } from './mutants-section.js'
import { skippedSection } from './skipped-section.js'
import { UNASKED } from './unasked.js'

export interface FormatConformanceOptions {
  /** Also says of each mutant what killed it, and how that showed. */
  readonly details?: boolean | undefined
}

/**
 * What one check found, or several, as text for people: a table of guarantees by group, what was skipped and why, each
 * broken guarantee with what was expected and seen, the runs of the model with their seeds, and the mutants.
 */
export function formatConformance(
  reports: ConformanceReport | readonly ConformanceReport[],
  { details = false }: FormatConformanceOptions = {},
): string {
  const all = [reports].flat()
  const sections = [
    groupTable(all),
    skippedSection(all),
    modelSection(all),
    mutantsSection(all, details),
    ['Not asked, as no case can', ...UNASKED.map((line) => `  ${line}`)],
    ...all.map(brokenSection),
    all.map(verdict),
  ]
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

function verdict(report: ConformanceReport): string {
  const { name, passed, interrupted, cases, model, mutants } = report
  const survived = countOf(mutants, 'survived')
  const parts = [
    `${countOf(cases, 'held')} held`,
    `${countOf(cases, 'skipped')} skipped`,
    `${countOf(cases, 'broken')} broken`,
    ...(model?.result === 'broken' ? ['it differs from the model'] : []),
    ...(survived > 0 ? [`${survived} ${survived === 1 ? 'mutant' : 'mutants'} survived`] : []),
    ...(interrupted ? ['interrupted'] : []),
  ]
  return `${passed ? 'OK    ' : 'NOT OK'} ${name}: ${parts.join(', ')}`
}
