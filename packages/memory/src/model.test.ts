import { modelCheck } from '@broadside/storage-testkit'
import { test } from 'vitest'
import { MEMORY_HARNESS } from './memory-harness.fixture.js'

test('behaves as the model of the contract does', async () => {
  await modelCheck({ harness: MEMORY_HARNESS, numRuns: 300 })
}, 120_000)
