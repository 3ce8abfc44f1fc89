import type { Harness } from '@broadside/storage-testkit'
import { modelCheck } from '@broadside/storage-testkit'
import { afterAll, describe, it } from 'vitest'
import { TestDatabase } from '../test/database.js'

const database = await TestDatabase.start()
afterAll(() => database.stop())

/** Engines that take turns are never closed and opened again in between: one alone is. */
const { join: _, ...alone } = database.onPool('disk full')
const HARNESSES: Readonly<Record<string, Harness>> = {
  'engines that take turns': database.onPool('connection lost'),
  'one engine': alone,
}

describe('random runs, compared with the model', () => {
  for (const [name, harness] of Object.entries(HARNESSES)) {
    it(name, { timeout: 3_600_000 }, async () => {
      await modelCheck({ harness, numRuns: Number(process.env.MODEL_RUNS ?? 15) })
    })
  }
})
