import { modelCheck } from '@broadside/storage-testkit'
import { afterAll, test } from 'vitest'
import { harness } from './harness.js'
import { removeScratch } from './scratch.js'

afterAll(removeScratch)

test('behaves as the model does', () => modelCheck({ harness, numRuns: 100 }), 300_000)
