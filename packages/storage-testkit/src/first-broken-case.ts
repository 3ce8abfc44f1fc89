import { capabilitiesOf } from './capabilities-of.js'
import type { ConformanceCase } from './conformance-case.js'
import { CONFORMANCE_CASES } from './conformance-cases.js'
import type { Harness } from './harness.js'

/** A case that a storage does not pass, and how it showed. */
export interface BrokenCase {
  readonly one: ConformanceCase
  readonly error: unknown
}

/** Runs the cases that apply, one after the other, and returns the first that fails. */
export async function firstBrokenCase(harness: Harness): Promise<BrokenCase | undefined> {
  const capabilities = await capabilitiesOf(harness)
  for (const one of CONFORMANCE_CASES) {
    if (one.needs?.(capabilities, harness) !== undefined) continue
    try {
      await one.run(harness)
    } catch (error) {
      return { one, error }
    }
  }
  return undefined
}
