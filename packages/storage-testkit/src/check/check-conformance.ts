import type { StorageCapabilities } from '@broadside/core'
import { capabilitiesOf } from '../capabilities-of.js'
import type { ConformanceCase } from '../conformance-case.js'
import { CONFORMANCE_CASES } from '../conformance-cases.js'
import type { Harness } from '../harness.js'
import type { Mutant } from '../mutants/mutant.js'
import type { ConformanceReport } from '../report/conformance-report.js'
import type { ModelSettings } from './check-model.js'
import { endingOf, type Limits } from './ending.js'
import { casesPhase, modelPhase, mutantsPhase, type Phase } from './phases.js'
import type { ConformanceProgress } from './progress.js'
import { catchStrayRejections } from './stray-rejections.js'

export interface CheckConformanceParams {
  /** The adapter's, for the report. */
  readonly name: string
  readonly harness: Harness
  /** Cases to run instead of all of the kit's. */
  readonly cases?: readonly ConformanceCase[] | undefined
  /** How the model is run; false leaves it out. Default: 100 runs of a random seed. */
  readonly model?: ModelSettings | false | undefined
  /** Broken storages that are put in front of the harness, to see whether the kit finds them out: `MUTANTS`. Default: none. */
  readonly mutants?: readonly Mutant[] | undefined
  /** How long a case, or one run of the model, may take before it is given up, in ms. Default one minute. */
  readonly limitMs?: number | undefined
  readonly onProgress?: ((progress: ConformanceProgress) => void) | undefined
  /** Stops the check: what runs is given up, the storages that it opened are closed, and the report has what was found so far. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Holds a storage to the contract without a test runner: runs every case that applies, the model and, where asked, the
 * mutants, and returns what was found. A case that breaks or hangs stops no other. `formatConformance` makes a table of the report.
 *
 * While it runs, promises that the adapter leaves rejected do not end the process: they count against the case that ran.
 *
 * Rejects when the harness can open no storage at all.
 */
export async function checkConformance(params: CheckConformanceParams): Promise<ConformanceReport> {
  const { name, harness, cases = CONFORMANCE_CASES, model = {}, mutants = [], limitMs = 60_000, signal } = params
  const startedAt = performance.now()
  const strays = catchStrayRejections()
  const { onProgress = () => {} } = params
  try {
    const capabilities = await learnCapabilities(params, { limitMs, signal })
    const phase: Phase = { harness, capabilities, strays, limitMs, signal, onProgress }
    const ofCases = await casesPhase(phase, cases)
    const ofModel = model ? await modelPhase(phase, model) : undefined
    const held = cases.filter((_, index) => ofCases[index]?.result === 'held')
    const ofMutants = await mutantsPhase(phase, {
      mutants,
      cases: held,
      model: model && ofModel?.result === 'held' ? model : undefined,
    })
    const results = [...ofCases, ...(ofModel ? [ofModel] : []), ...ofMutants].map(({ result }) => result)
    const passed = results.every((result) => result === 'held' || result === 'skipped' || result === 'killed')
    const tookMs = Math.round(performance.now() - startedAt)
    return {
      name,
      passed,
      interrupted: signal?.aborted === true,
      cases: ofCases,
      model: ofModel,
      mutants: ofMutants,
      tookMs,
    }
  } finally {
    strays.stop()
  }
}

/** `undefined` where the check was stopped before it began. */
async function learnCapabilities(
  { name, harness }: CheckConformanceParams,
  limits: Limits,
): Promise<StorageCapabilities | undefined> {
  let capabilities: StorageCapabilities | undefined
  const ending = await endingOf(async () => {
    capabilities = await capabilitiesOf(harness)
  }, limits)
  const { how } = ending
  if (how === 'threw') {
    throw new Error(`The harness of ${name} opens no storage: ${ending.error}`, { cause: ending.error })
  }
  if (how === 'hung') {
    throw new Error(`The harness of ${name} has opened and closed no storage within ${limits.limitMs / 1000} s.`)
  }
  return capabilities
}
