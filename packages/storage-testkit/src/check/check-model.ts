import { setImmediate } from 'node:timers/promises'
import type { Harness } from '../harness.js'
import { modelCheck } from '../model/model-check.js'
import type { Failure, ModelReport } from '../report/conformance-report.js'
import { endingOf, type Limits } from './ending.js'
import { failureOf } from './failure-of.js'
import { hung } from './run-case.js'
import type { StrayRejections } from './stray-rejections.js'
import { watchHarness } from './watched-harness.js'

/** How the model is run: see `modelCheck`. */
export interface ModelSettings {
  /** How many random runs. Default 100. */
  readonly numRuns?: number | undefined
  /** How many commands a run has at most. Default 60. */
  readonly maxCommands?: number | undefined
  /** Repeats the runs of this seed; with `path`, only the failing one. */
  readonly seed?: number | undefined
  readonly path?: string | undefined
  /** False to stop at the first failing run, however long it is. Default true. */
  readonly shrink?: boolean | undefined
}

export interface CheckModelParams extends Limits {
  readonly harness: Harness
  readonly settings: ModelSettings
  readonly strays: StrayRejections
  /** Called before each run, with the number of those done. */
  readonly onRun?: ((done: number) => void) | undefined
}

/** Runs the model to its end, or until a run is given up. The seed is chosen here, so that every report has one. */
export async function checkModel(params: CheckModelParams): Promise<ModelReport> {
  const { harness, settings, strays, onRun, ...limits } = params
  const { numRuns = 100, seed = randomSeed(), ...rest } = settings
  const startedAt = performance.now()
  let runs = 0
  let beginRun = () => {}
  const watched = watchHarness(harness, async () => {
    beginRun()
    // A storage that never waits for anything would let no timer and no signal through.
    await setImmediate()
  })
  const ending = await endingOf((alive) => {
    beginRun = () => {
      alive()
      onRun?.(runs)
      runs += 1
    }
    return modelCheck({ harness: watched.harness, numRuns, seed, ...rest })
  }, limits)
  if (ending.how === 'hung' || ending.how === 'aborted') await watched.letGo()
  const stray = await strays.take()
  const report = { numRuns, seed, happened: [], tookMs: Math.round(performance.now() - startedAt) }
  if (ending.how === 'aborted') return { ...report, result: 'not run' }
  if (ending.how === 'hung') return { ...report, result: 'broken', failure: hung(limits.limitMs, `run ${runs}`) }
  if (ending.how === 'threw') return { ...report, result: 'broken', ...readFailure(ending.error) }
  return stray ? { ...report, result: 'broken', failure: stray } : { ...report, result: 'held' }
}

function randomSeed(): number {
  return Math.trunc(Math.random() * 2 ** 31)
}

/** Takes apart what fast-check puts into one message: the seed and path, what was thrown, the trace that the model adds to it, the stack. */
function readFailure(error: unknown): Pick<ModelReport, 'failure' | 'happened' | 'path'> {
  const { message, stack } = failureOf(error)
  const path = /\bpath: "([^"]+)"/.exec(message)?.[1]
  const thrown = /^Got \w+: ([\s\S]*?)(?=\n+ +at |\n+Hint:|$(?![\s\S]))/m.exec(message)?.[1] ?? message
  const [said = '', trace = ''] = thrown.split('\n\nWhat happened:\n')
  const happened = trace.split('\n').filter((line) => line.trim() !== '')
  const failure: Failure = { kind: 'differs', message: said.trim(), stack }
  return { failure, path, happened: happened.map((line) => line.replace(/^ {2}/, '')) }
}
