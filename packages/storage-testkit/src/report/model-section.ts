import type { ConformanceReport, ModelReport } from './conformance-report.js'
import { failureLines, labelled } from './failure-lines.js'

/** The random runs: whether they agreed with the model, and how to repeat them. */
export function modelSection(reports: readonly ConformanceReport[]): readonly string[] {
  const lines = reports.flatMap(({ name, model }) => {
    if (!model) return []
    const [first = '', ...rest] = linesOf(model)
    return [`  ${reports.length === 1 ? '' : `${name}: `}${first}`, ...rest.map((line) => `    ${line}`.trimEnd())]
  })
  return lines.length === 0 ? [] : ['Random runs, compared with the model', ...lines]
}

function linesOf(model: ModelReport): readonly string[] {
  const { result, numRuns, seed, path, failure, happened } = model
  if (result === 'not run') return ['not run']
  if (result === 'held') return [`${numRuns} agree, seed ${seed}`]
  const again = path === undefined ? `seed: ${seed}, numRuns: ${numRuns}` : `seed: ${seed}, path: '${path}'`
  return [
    'BROKEN',
    ...(failure ? failureLines(failure) : []),
    ...labelled('happened', happened.length === 0 ? undefined : happened.join('\n')),
    ...labelled('again by', `modelCheck({ harness, ${again} })`),
  ]
}
