import { type Harness, runConformance } from '@broadside/storage-testkit'
import { describe, test } from 'vitest'
import { memoryStorage } from './memory-storage.js'

const harness: Harness = {
  open: async () => {
    const storage = memoryStorage()
    await storage.open()
    return storage
  },
}

await runConformance({ test, describe, harness })
