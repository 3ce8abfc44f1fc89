import type { Harness } from '@broadside/storage-testkit'
import { memoryStorage } from './memory-storage.js'

/** Engines of one process share the object itself. */
export const MEMORY_HARNESS: Harness = {
  open: async () => memoryStorage(),
  join: async (storage) => storage,
}
