import type { Storage, StorageCapabilities } from '@broadside/core'
import { assertConsistent } from './fixtures/assert-consistent.js'
import type { Harness } from './harness.js'

/** One guarantee of the storage contract, and the code that holds an adapter to it. Throws an `AssertionError` where it is broken. */
export interface ConformanceCase {
  /** `group/what-it-shows`; the groups are those that the contract names. */
  readonly name: string
  /** The guarantee, as the contract words it. */
  readonly guarantee: string
  /** Why the case does not apply to a storage with these capabilities; `undefined` when it does. */
  readonly needs?: ((capabilities: StorageCapabilities, harness: Harness) => string | undefined) | undefined
  run(harness: Harness): Promise<void>
}

/** A case as the kit writes it: what happens on a fresh storage. */
export interface CaseBody {
  readonly guarantee: string
  readonly needs?: ConformanceCase['needs']
  /** Returns the storage that it ended with, where it closed the one it was given. */
  check(storage: Storage, harness: Harness): Promise<Storage | undefined> | Promise<void>
}

/**
 * The cases of one group, from a record of their bodies; `needsOfAll` comes before what each of them needs. After each check, counters and codes of every job left in the storage
 * are compared with the items that it reads.
 */
export function caseGroup(
  group: string,
  bodies: Readonly<Record<string, CaseBody>>,
  needsOfAll?: ConformanceCase['needs'],
): readonly ConformanceCase[] {
  return Object.entries(bodies).map(([name, { guarantee, needs, check }]) => ({
    name: `${group}/${name}`,
    guarantee,
    needs: (capabilities, harness) => needsOfAll?.(capabilities, harness) ?? needs?.(capabilities, harness),
    run: async (harness) => {
      let storage = await harness.open()
      try {
        storage = (await check(storage, harness)) ?? storage
        await assertConsistent(storage)
      } finally {
        await storage.close()
      }
    },
  }))
}
