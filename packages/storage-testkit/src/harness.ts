import type { Storage } from '@broadside/core'
import type { Interruption } from './interruption/interruption.js'
import type { WorkerProgram } from './processes/worker-program.js'
import type { Work } from './work/work.js'

/** How the kit gets at the storage under test. Each optional part brings in more cases; those without are skipped, and say so. */
export interface Harness {
  /** A fresh storage, opened and empty; nothing that an earlier one held is in it. The kit closes it. */
  open(): Promise<Storage>
  /** Closes `storage` and opens what it kept, as a process that starts again would. Without it, cases of durability are skipped. */
  reopen?(storage: Storage): Promise<Storage>
  /** Another storage over the data of `storage`, opened, as a second engine has it. Without it, cases of sharing are skipped. */
  join?(storage: Storage): Promise<Storage>
  /**
   * What `storage` has had its database do since it was opened, counted between the adapter and its driver (a `StatementTap`
   * does), or by the database itself. Without it, cases of work are skipped.
   */
  work?(storage: Storage): Work | Promise<Work>
  /**
   * Interrupts `storage` once (a `StatementTap` does). Returns the way to take that back, which says whether it has come about.
   * Without it, interrupted calls are neither among the cases nor in the model.
   */
  interrupt?(storage: Storage, interruption: Interruption): () => boolean
  /** The program of a worker process that opens a storage over the data of `storage`. Without it, cases of processes are skipped. */
  fork?(storage: Storage): WorkerProgram | Promise<WorkerProgram>
}
