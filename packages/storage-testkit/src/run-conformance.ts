import type { ConformanceCase } from './conformance-case.js'
import { CONFORMANCE_CASES } from './conformance-cases.js'
import type { Harness } from './harness.js'

/** What the kit needs of a test runner: vitest, node:test, jest and mocha all have it. */
export interface TestFunction {
  (name: string, run: () => Promise<void>): unknown
  readonly skip?: (name: string, run: () => Promise<void>) => unknown
}

export interface RunConformanceParams {
  readonly test: TestFunction
  readonly harness: Harness
  /** Groups the cases by the part of the contract that they hold. */
  readonly describe?: ((name: string, register: () => void) => unknown) | undefined
  /** Cases to run instead of all of the kit's. */
  readonly cases?: readonly ConformanceCase[] | undefined
}

/**
 * Registers every conformance case as a test of the caller's runner. Await it at the top level of the test file: it opens a
 * storage once, to learn its capabilities.
 *
 * A case that does not apply is registered as skipped, with the reason in its name.
 */
export async function runConformance(params: RunConformanceParams): Promise<void> {
  const { test, harness, cases = CONFORMANCE_CASES } = params
  const skipReason = await reasonsToSkip(harness)
  const register = (one: ConformanceCase) => registerCase({ test, harness, one, reason: skipReason(one) })
  for (const [group, members] of byGroup(cases)) {
    if (params.describe) params.describe(group, () => members.forEach(register))
    else members.forEach(register)
  }
}

/** Why a case does not apply to the storage of `harness`, as a function of the case. */
export async function reasonsToSkip(harness: Harness): Promise<(one: ConformanceCase) => string | undefined> {
  const storage = await harness.open()
  const { capabilities } = storage
  await storage.close()
  return (one) => one.needs?.(capabilities, harness)
}

interface RegisterParams {
  readonly test: TestFunction
  readonly harness: Harness
  readonly one: ConformanceCase
  readonly reason: string | undefined
}

function registerCase({ test, harness, one, reason }: RegisterParams): void {
  if (reason === undefined) {
    test(`${one.name}: ${one.guarantee}`, () => one.run(harness))
    return
  }
  const skip = test.skip ?? test
  skip(`${one.name} (skipped: ${reason})`, () => Promise.resolve())
}

function byGroup(cases: readonly ConformanceCase[]): ReadonlyMap<string, ConformanceCase[]> {
  const groups = new Map<string, ConformanceCase[]>()
  for (const one of cases) {
    const group = one.name.slice(0, one.name.indexOf('/'))
    const members = groups.get(group)
    if (members) members.push(one)
    else groups.set(group, [one])
  }
  return groups
}
