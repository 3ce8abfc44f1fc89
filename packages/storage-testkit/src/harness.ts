import type { Storage } from '@broadside/core'

/** How the kit gets at the storage under test. */
export interface Harness {
  /** A fresh storage, opened and empty; nothing that an earlier one held is in it. The kit closes it. */
  open(): Promise<Storage>
  /** Closes `storage` and opens what it kept, as a process that starts again would. Without it, cases of durability are skipped. */
  reopen?(storage: Storage): Promise<Storage>
  /** Another storage over the data of `storage`, opened, as a second engine has it. Without it, cases of sharing are skipped. */
  join?(storage: Storage): Promise<Storage>
}
