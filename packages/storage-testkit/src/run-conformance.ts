import { capabilitiesOf } from './capabilities-of.js'
import { type RegisterConformanceParams, registerCases } from './register-conformance.js'

export type RunConformanceParams = Omit<RegisterConformanceParams, 'capabilities'>

/**
 * Registers every conformance case as a test of the caller's runner. Await it at the top level of the test file: it opens a
 * storage once, to learn its capabilities. Where a file can't await at its top level, as in CommonJS, use `registerConformance`.
 *
 * A case that does not apply is registered as skipped, with the reason in its name.
 */
export async function runConformance(params: RunConformanceParams): Promise<void> {
  registerCases({ ...params, capabilities: await capabilitiesOf(params.harness) })
}
