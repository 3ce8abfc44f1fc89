import type { BusyWait } from './busy-wait.js'
import type { Work } from './session.js'

/** The database that a storage works on: how transactions come about there. */
export interface Database {
  /** The file, for messages and comparison; `undefined` in memory. */
  readonly file: string | undefined
  /** Makes the database ready for work: its tables are there, and up to date. To be called first, once. */
  prepare(wait: BusyWait): Promise<void>
  /** Runs a transaction that writes. */
  write<T>(work: Work<T>): Promise<T>
  /** Runs a transaction that reads, and sees everything that was written before. */
  read<T>(work: Work<T>): Promise<T>
  /** A number that changes when another connection has written, here or in another process. */
  dataVersion(): number
  /** Lets go of everything that was opened. To be called when nothing runs, once. */
  close(): Promise<void>
}
