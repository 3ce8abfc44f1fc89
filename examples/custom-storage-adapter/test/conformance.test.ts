import { runConformance } from '@broadside/storage-testkit'
import { afterAll, describe, test } from 'vitest'
import { harness } from './harness.js'
import { removeScratch } from './scratch.js'

afterAll(removeScratch)

await runConformance({ test, describe, harness })
