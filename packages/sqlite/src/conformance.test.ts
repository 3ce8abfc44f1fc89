import { runConformance } from '@broadside/storage-testkit'
import { afterAll, describe, test } from 'vitest'
import { harnesses, testDirectory } from '../test/harnesses.js'

const directory = testDirectory()
afterAll(() => directory.remove())

/** Large jobs take their time: see `CONFORMANCE_WORK` in the kit. */
const timeoutMs = process.env.CONFORMANCE_WORK === 'full' ? 1_800_000 : undefined

for (const [name, harness] of Object.entries(harnesses(directory))) {
  const describeIn = (group: string, register: () => void) => describe(`${name}: ${group}`, register)
  await runConformance({ test, describe: describeIn, harness, timeoutMs })
}
