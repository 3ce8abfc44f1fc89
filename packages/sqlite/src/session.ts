import { type BusyWait, untilNotBusy } from './busy-wait.js'
import type { Connection } from './connection.js'
import type { Pace } from './pace.js'
import { runAtOnce, type Steps } from './steps.js'

/** What a transaction does. It is run again from its start when a lock was met, so it keeps nothing outside the database. */
export type Work<T> = (db: Connection) => Steps<T>

export interface SessionParams {
  readonly connect: () => Connection
  readonly begin: 'begin immediate' | 'begin'
  readonly wait: BusyWait
  readonly pace: Pace
  /** False for a connection that must not be closed when it can't be rolled back: a database in memory would go with it. */
  readonly replaceable: boolean
}

/** A connection of our own, and transactions on it, one at a time: whoever has the session sees to that. */
export class Session {
  readonly #params: SessionParams
  #connection: Connection | undefined

  constructor(params: SessionParams) {
    this.#params = params
  }

  /** The connection, opened when it is first needed, and again after one that could not be rolled back. */
  get connection(): Connection {
    this.#connection ??= this.#params.connect()
    return this.#connection
  }

  /** Runs a transaction that stays open over several turns of the event loop if it is long. */
  async runSliced<T>(work: Work<T>): Promise<T> {
    const { begin, wait, pace } = this.#params
    await pace.breathe()
    return await untilNotBusy(wait, async () => {
      this.connection.exec(begin)
      try {
        const result = await pace.run(work(this.connection))
        this.connection.exec('commit')
        return result
      } catch (error) {
        this.#rollBack()
        throw error
      }
    })
  }

  /** Runs a transaction within one turn of the event loop. */
  async runAtOnce<T>(work: Work<T>): Promise<T> {
    const { begin, wait, pace } = this.#params
    await pace.breathe()
    return await untilNotBusy(wait, () => {
      this.connection.exec(begin)
      try {
        const result = runAtOnce(work(this.connection))
        this.connection.exec('commit')
        return result
      } catch (error) {
        this.#rollBack()
        throw error
      }
    })
  }

  close(): void {
    this.#connection?.handle.close()
    this.#connection = undefined
  }

  /** A connection that can't be rolled back is closed, which drops its transaction too. */
  #rollBack(): void {
    try {
      this.connection.exec('rollback')
    } catch (error) {
      if (!hasNoTransaction(error) && this.#params.replaceable) this.close()
    }
  }
}

/** SQLite has rolled back by itself, as it does when the disk is full. */
function hasNoTransaction(error: unknown): boolean {
  return error instanceof Error && error.message.includes('no transaction is active')
}
