import { modelCheck } from '@broadside/storage-testkit'
import { afterAll, describe, it } from 'vitest'
import { harnesses, testDirectory } from '../test/harnesses.js'

const directory = testDirectory()
afterAll(() => directory.remove())

describe('random runs, compared with the model', () => {
  for (const [name, harness] of Object.entries(harnesses(directory))) {
    it(name, { timeout: 120_000 }, async () => {
      await modelCheck({ harness, numRuns: Number(process.env.MODEL_RUNS ?? 60) })
    })
  }
})
