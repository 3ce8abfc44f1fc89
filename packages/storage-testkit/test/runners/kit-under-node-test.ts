import { describe, test } from 'node:test'
import { memoryStorage } from '@broadside/memory'
import { breakHarness, MUTANTS, registerConformance, runConformance } from '@broadside/storage-testkit'

/** What `node --test` runs: the kit on memory, registered in the way that it is told, with a mutant in front where one is named. */
const { KIT_REGISTERED_BY: way, KIT_MUTANT: name } = process.env
const mutant = MUTANTS.find((one) => one.name === name)
const intact = { open: async () => memoryStorage() }
const harness = mutant ? breakHarness(intact, mutant) : intact

if (way === 'registerConformance') {
  registerConformance({ test, describe, harness, capabilities: memoryStorage().capabilities })
} else {
  await runConformance({ test, describe, harness })
}
