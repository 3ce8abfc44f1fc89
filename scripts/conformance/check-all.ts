import {
  type ConformanceReport,
  checkConformance,
  type Harness,
  MUTANTS,
  type Mutant,
} from '@broadside/storage-testkit'
import { FAMILIES, type Family } from './families.js'
import { type ConformanceOptions, isMeantBy } from './options.js'
import type { ProgressLine } from './progress-line.js'

/** How long stopping a database may take, in ms: one that a signal has ended already never answers. */
const STOP_MS = 5_000

export interface CheckAllParams {
  readonly options: ConformanceOptions
  readonly progress: ProgressLine
  readonly signal: AbortSignal
}

export interface Checked {
  readonly reports: readonly ConformanceReport[]
  /** Adapters that could not be checked, and why. */
  readonly unchecked: readonly string[]
}

/** Checks the adapters that are asked for, one after the other. */
export async function checkAll(params: CheckAllParams): Promise<Checked> {
  const reports: ConformanceReport[] = []
  const unchecked: string[] = []
  const families = FAMILIES.filter(({ name }) => isWanted(name, params.options))
  for (const family of families) {
    if (params.signal.aborted) break
    try {
      await checkFamily({ ...params, family, reports })
    } catch (error) {
      unchecked.push(`${family.name}: ${error instanceof Error ? error.message : error}`)
    }
  }
  return { reports, unchecked }
}

function isWanted(family: string, { only }: ConformanceOptions): boolean {
  return only.length === 0 || only.some((name) => isMeantBy(name, family))
}

interface CheckFamilyParams extends CheckAllParams {
  readonly family: Family
  readonly reports: ConformanceReport[]
}

/** Adds the report of each variant to `reports`. */
async function checkFamily(params: CheckFamilyParams): Promise<void> {
  const { family, reports, options, progress, signal } = params
  progress.say(`${family.name}: starting`)
  const { harnesses, stop } = await family.start()
  try {
    const names = Object.keys(harnesses)
    const wanted = names.filter((name) => options.only.length === 0 || options.only.some((one) => isMeantBy(name, one)))
    if (wanted.length === 0) throw new Error(`There is no such variant. There are: ${names.join(', ')}.`)
    for (const name of wanted) {
      const harness = harnesses[name]
      if (harness && !signal.aborted) reports.push(await checkVariant({ ...params, name, harness }))
    }
  } finally {
    await withinLimit(stop())
  }
}

interface Variant extends CheckFamilyParams {
  readonly name: string
  readonly harness: Harness
}

function checkVariant({
  options,
  progress,
  signal,
  family,
  name,
  harness,
  reports,
}: Variant): Promise<ConformanceReport> {
  const { modelRuns = family.modelRuns, seed, mutantsOn } = options
  return checkConformance({
    name,
    harness,
    model: modelRuns > 0 && { numRuns: modelRuns, seed },
    mutants: mutantsOn.includes(name) ? mutantsLeft(reports) : [],
    onProgress: (step) => progress.show(name, step),
    signal,
  })
}

/** Those that no storage before this one could show. */
function mutantsLeft(reports: readonly ConformanceReport[]): readonly Mutant[] {
  const shown = reports.flatMap(({ mutants }) => mutants.filter(({ result }) => result !== 'skipped'))
  const names = new Set(shown.map(({ name }) => name))
  return MUTANTS.filter(({ name }) => !names.has(name))
}

/** Waits for `stopping`, but not for ever; what is left of it goes with the directory of the run. */
async function withinLimit(stopping: Promise<void>): Promise<void> {
  const limit = new Promise<void>((resolve) => setTimeout(resolve, STOP_MS).unref())
  await Promise.race([stopping.catch(() => {}), limit])
}
