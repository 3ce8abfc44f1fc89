import type { StorageCapabilities } from '@broadside/core'
import type { Harness } from './harness.js'

/** What the storage of `harness` declares: opens one, to learn it. */
export async function capabilitiesOf(harness: Harness): Promise<StorageCapabilities> {
  const storage = await harness.open()
  const { capabilities } = storage
  await storage.close()
  return capabilities
}
