import type { StorageCapabilities } from '@broadside/core'
import type { ConformanceCase } from '../conformance-case.js'
import { groupOf } from '../contract/contract-groups.js'
import type { Harness } from '../harness.js'
import { breakHarness, type Mutant } from '../mutants/mutant.js'
import type { MutantReport } from '../report/conformance-report.js'
import { checkModel, type ModelSettings } from './check-model.js'
import type { Limits } from './ending.js'
import { runCase } from './run-case.js'
import type { StrayRejections } from './stray-rejections.js'

export interface CheckMutantParams extends Limits {
  readonly mutant: Mutant
  readonly harness: Harness
  readonly capabilities: StorageCapabilities | undefined
  /** Those that the intact storage passes: what breaks with the mutant is the mutant's doing. */
  readonly cases: readonly ConformanceCase[]
  /** Absent when the model is left out, or the intact storage differs from it. */
  readonly model: ModelSettings | undefined
  readonly strays: StrayRejections
}

/** Puts one mutant in front of the storage and looks for what finds it out: the cases, the closest first, then the model. */
export async function checkMutant(params: CheckMutantParams): Promise<MutantReport> {
  const { mutant, harness, capabilities, cases, model, ...rest } = params
  const { name } = mutant
  const broken = breakHarness(harness, mutant)
  const reason = capabilities && mutant.needs?.(capabilities, harness)
  if (reason !== undefined) return { name, result: 'skipped', reason }
  for (const one of closestFirst(cases, mutant.guarantee)) {
    if (capabilities && one.needs?.(capabilities, broken) !== undefined) continue
    const { result, failure } = await runCase({ ...rest, one, harness: broken })
    if (result === 'not run') return { name, result }
    if (result === 'broken') return { name, result: 'killed', killedBy: one.name, failure }
  }
  if (!model) return { name, result: 'survived' }
  const { result, failure } = await checkModel({ ...rest, harness: broken, settings: { ...model, shrink: false } })
  if (result === 'broken') return { name, result: 'killed', killedBy: 'the model', failure }
  return { name, result: result === 'held' ? 'survived' : result }
}

/** The case that words what the mutant breaks, the others of its group, the rest. */
function closestFirst(cases: readonly ConformanceCase[], guarantee: string): readonly ConformanceCase[] {
  const distance = ({ name }: ConformanceCase) => {
    if (name === guarantee) return 0
    return groupOf(name) === groupOf(guarantee) ? 1 : 2
  }
  return [...cases].sort((a, b) => distance(a) - distance(b))
}
