import type { StorageCapabilities } from '@broadside/core'
import type { ConformanceCase } from '../conformance-case.js'
import type { Harness } from '../harness.js'
import type { Mutant } from '../mutants/mutant.js'
import type { CaseReport, ModelReport, MutantReport } from '../report/conformance-report.js'
import { checkModel, type ModelSettings } from './check-model.js'
import { checkMutant } from './check-mutant.js'
import type { Limits } from './ending.js'
import type { ConformanceProgress } from './progress.js'
import { runCase } from './run-case.js'
import type { StrayRejections } from './stray-rejections.js'

/** What every phase of a check works with. */
export interface Phase extends Limits {
  readonly harness: Harness
  /** Absent where the check was stopped before it knew them: nothing is run then. */
  readonly capabilities: StorageCapabilities | undefined
  readonly strays: StrayRejections
  readonly onProgress: (progress: ConformanceProgress) => void
}

export async function casesPhase(
  { onProgress, ...common }: Phase,
  cases: readonly ConformanceCase[],
): Promise<readonly CaseReport[]> {
  const { capabilities, harness } = common
  return eachInTurn({ phase: 'cases', list: cases, onProgress }, async (one) => {
    const { name, guarantee } = one
    const reason = capabilities && one.needs?.(capabilities, harness)
    if (reason !== undefined) return { name, guarantee, result: 'skipped', reason, tookMs: 0 }
    return runCase({ ...common, one })
  })
}

export async function modelPhase({ onProgress, ...common }: Phase, settings: ModelSettings): Promise<ModelReport> {
  const { numRuns: total = 100 } = settings
  const phase = 'model'
  const onRun = (run: number) => {
    // Runs beyond those asked for make a failing one shorter.
    const current = run < total ? `run ${run + 1}` : `making the failing run shorter, ${run - total + 1}`
    onProgress({ phase, done: Math.min(run, total), total, current, wrong: 0 })
  }
  const report = await checkModel({ ...common, settings, onRun })
  onProgress({ phase, done: total, total, wrong: report.result === 'broken' ? 1 : 0 })
  return report
}

export interface MutantsPhaseParams {
  readonly mutants: readonly Mutant[]
  readonly cases: readonly ConformanceCase[]
  readonly model: ModelSettings | undefined
}

export async function mutantsPhase(
  { onProgress, ...common }: Phase,
  { mutants, ...by }: MutantsPhaseParams,
): Promise<readonly MutantReport[]> {
  return eachInTurn({ phase: 'mutants', list: mutants, onProgress }, (mutant) =>
    checkMutant({ ...common, ...by, mutant }),
  )
}

interface Turns<T> {
  readonly phase: ConformanceProgress['phase']
  readonly list: readonly T[]
  readonly onProgress: Phase['onProgress']
}

async function eachInTurn<T extends { readonly name: string }, R extends { readonly result: string }>(
  { phase, list, onProgress }: Turns<T>,
  work: (one: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = []
  const tell = (current?: { readonly current: string }) => {
    const wrong = results.filter(({ result }) => result === 'broken' || result === 'survived').length
    onProgress({ phase, done: results.length, total: list.length, wrong, ...current })
  }
  for (const one of list) {
    tell({ current: one.name })
    results.push(await work(one))
  }
  if (list.length > 0) tell()
  return results
}
