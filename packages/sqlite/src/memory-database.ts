import type { BusyWait } from './busy-wait.js'
import { Connection } from './connection.js'
import type { Database } from './database.js'
import type { SqliteHandle } from './driver.js'
import { migrate } from './migrate.js'
import { Mutex } from './mutex.js'
import type { Pace } from './pace.js'
import { Session, type Work } from './session.js'
import type { Tables } from './tables.js'

export interface MemoryDatabaseParams {
  readonly handle: SqliteHandle
  readonly tables: Tables
  readonly wait: BusyWait
  readonly pace: Pace
  /** Whether the handle is the host's: then it is shared with it, transaction by transaction, and never closed. */
  readonly hosted: boolean
}

/** A database in memory, which is one connection: everything waits its turn on it. */
export class MemoryDatabase implements Database {
  readonly file = undefined
  readonly #session: Session
  readonly #hosted: boolean
  readonly #mutex = new Mutex()

  constructor({ handle, tables, wait, pace, hosted }: MemoryDatabaseParams) {
    const connection = new Connection(handle, tables)
    this.#session = new Session({ connect: () => connection, begin: 'begin immediate', wait, pace, replaceable: false })
    this.#hosted = hosted
  }

  prepare(wait: BusyWait): Promise<void> {
    return migrate(this.#session, wait)
  }

  /** On the host's handle it waits while the host is in a transaction, and then runs at once. */
  write<T>(work: Work<T>): Promise<T> {
    return this.#mutex.run(() => (this.#hosted ? this.#session.runAtOnce(work) : this.#session.runSliced(work)))
  }

  read<T>(work: Work<T>): Promise<T> {
    return this.write(work)
  }

  /** Nobody else can write. */
  dataVersion(): number {
    return 0
  }

  async close(): Promise<void> {
    if (!this.#hosted) this.#session.close()
  }
}
