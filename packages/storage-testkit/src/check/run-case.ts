import type { ConformanceCase } from '../conformance-case.js'
import type { Harness } from '../harness.js'
import type { CaseReport, Failure } from '../report/conformance-report.js'
import { logCalls } from './call-log.js'
import { type Ending, endingOf, type Limits } from './ending.js'
import { failureOf } from './failure-of.js'
import type { StrayRejections } from './stray-rejections.js'
import { watchHarness } from './watched-harness.js'

export interface RunCaseParams extends Limits {
  readonly one: ConformanceCase
  readonly harness: Harness
  readonly strays: StrayRejections
}

/** Runs one case to its end, or until it is given up. */
export async function runCase({ one, harness, strays, ...limits }: RunCaseParams): Promise<CaseReport> {
  const { name, guarantee } = one
  const startedAt = performance.now()
  const watched = watchHarness(harness)
  const log = logCalls(watched.harness)
  const ending = await endingOf(async () => one.run(log.harness), limits)
  if (ending.how === 'hung' || ending.how === 'aborted') await watched.letGo()
  const stray = await strays.take()
  const tookMs = Math.round(performance.now() - startedAt)
  if (ending.how === 'aborted') return { name, guarantee, result: 'not run', tookMs }
  const failure = failureIn(ending, limits) ?? stray
  if (!failure) return { name, guarantee, result: 'held', tookMs }
  return { name, guarantee, result: 'broken', failure: { ...failure, calls: log.lastCalls() }, tookMs }
}

function failureIn(ending: Ending, { limitMs }: Limits): Failure | undefined {
  if (ending.how === 'threw') return failureOf(ending.error)
  return ending.how === 'hung' ? hung(limitMs, 'the case') : undefined
}

/** Given up. */
export function hung(limitMs: number, what: string): Failure {
  return {
    kind: 'hung',
    message:
      `${what} has not ended within ${limitMs / 1000} s, and was given up. ` +
      'A promise that is never settled, a lock that is never released, a wake that never comes, or far too slow?',
  }
}
