import assert from 'node:assert/strict'
import type { StorageCapabilities } from '@broadside/core'
import { capabilitiesOf } from './capabilities-of.js'
import type { ConformanceCase } from './conformance-case.js'
import { CONFORMANCE_CASES } from './conformance-cases.js'
import { groupOf } from './contract/contract-groups.js'
import type { Harness } from './harness.js'

/** What the kit needs of a test runner: vitest, node:test, jest and mocha all have it. */
export interface TestFunction {
  (name: string, run: () => Promise<void>, timeoutMs?: number): unknown
  readonly skip?: (name: string, run: () => Promise<void>) => unknown
}

export interface RegisterConformanceParams {
  readonly test: TestFunction
  readonly harness: Harness
  /** What the storage declares: says which cases apply. A test of its own compares it with what the storage really declares. */
  readonly capabilities: StorageCapabilities
  /** Groups the cases by the part of the contract that they hold. */
  readonly describe?: ((name: string, register: () => void) => unknown) | undefined
  /** Cases to run instead of all of the kit's. */
  readonly cases?: readonly ConformanceCase[] | undefined
  /** Handed to `test` as its third argument, where vitest and jest take how long a test may last, in ms. Default one minute. */
  readonly timeoutMs?: number | undefined
}

/**
 * Registers every conformance case as a test of the caller's runner, at once: for runners that want to know all tests when
 * a file has been loaded, and for files that can't await anything at their top level.
 *
 * A case that does not apply is registered as skipped, with the reason in its name.
 */
export function registerConformance(params: RegisterConformanceParams): void {
  inGroup(params, 'capabilities', () => registerDeclaration(params))
  registerCases(params)
}

/** As `registerConformance`, with capabilities that were just learned from the storage. */
export function registerCases(params: RegisterConformanceParams): void {
  const { cases = CONFORMANCE_CASES } = params
  for (const [group, members] of byGroup(cases)) {
    inGroup(params, group, () => {
      for (const one of members) registerCase(one, params)
    })
  }
}

function inGroup({ describe }: RegisterConformanceParams, group: string, register: () => void): void {
  if (describe) describe(group, register)
  else register()
}

/** Cases chosen by the wrong capabilities would be skipped in silence. */
function registerDeclaration({ test, harness, capabilities, timeoutMs = 60_000 }: RegisterConformanceParams): void {
  const name = 'capabilities/as-declared: The cases were chosen by the capabilities that the storage declares'
  test(name, async () => assert.deepEqual(capabilities, await capabilitiesOf(harness)), timeoutMs)
}

function registerCase(one: ConformanceCase, params: RegisterConformanceParams): void {
  const { test, harness, capabilities, timeoutMs = 60_000 } = params
  const reason = one.needs?.(capabilities, harness)
  if (reason === undefined) {
    test(`${one.name}: ${one.guarantee}`, () => one.run(harness), timeoutMs)
    return
  }
  const skip = test.skip ?? test
  skip(`${one.name} (skipped: ${reason})`, () => Promise.resolve())
}

function byGroup(cases: readonly ConformanceCase[]): ReadonlyMap<string, ConformanceCase[]> {
  const groups = new Map<string, ConformanceCase[]>()
  for (const one of cases) {
    const group = groupOf(one.name)
    const members = groups.get(group)
    if (members) members.push(one)
    else groups.set(group, [one])
  }
  return groups
}
