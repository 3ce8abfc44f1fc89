import { modelCheck } from '@broadside/storage-testkit'
import { afterAll, describe, it } from 'vitest'
import { harnesses, testDirectory } from '../test/harnesses.js'

/** More of them find more: `MODEL_RUNS=1000` takes minutes. */
const numRuns = Number(process.env.MODEL_RUNS ?? 30)
const directory = testDirectory()
afterAll(() => directory.remove())

describe('random runs, compared with the model', () => {
  for (const [name, harness] of Object.entries(harnesses(directory))) {
    it(name, { timeout: 1_800_000 }, async () => {
      await modelCheck({ harness, numRuns })
    })
  }
})
