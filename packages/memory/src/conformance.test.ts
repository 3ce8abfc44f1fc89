import { runConformance } from '@broadside/storage-testkit'
import { describe, test } from 'vitest'
import { MEMORY_HARNESS } from './memory-harness.fixture.js'

await runConformance({ test, describe, harness: MEMORY_HARNESS })
