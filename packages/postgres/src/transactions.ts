import { CommitFailure, DriverFailure } from './driver-failure.js'
import { Session } from './session.js'
import type { BeginParams, Connection, Source } from './source.js'
import type { Timers } from './timers.js'
import { Tries } from './tries.js'

export type Work<T> = (session: Session) => Promise<T>

export interface TransactionsParams {
  readonly source: Source
  readonly quotedSchema: string
  readonly timers: Timers
}

/**
 * The planner knows nothing of a job that was filled a moment ago: it may take it for empty, and then goes through all of it. What a
 * call works on is found by an index and in its order, however much there is; compiling would take longer than running.
 */
const BY_INDEX = 'set local enable_seqscan = off; set local enable_bitmapscan = off; set local jit = off'
/** What a call brings along is put together with what it finds by hashing: two lists that were thought short are not multiplied. */
const BY_HASH = 'set local enable_nestloop = off'

/** What the host's own settings would make of our values: lists without their nulls, instants without their last digits. */
const EXACT = 'set local array_nulls = on; set local extra_float_digits = 1'

/** Every row of a job's is written under a lock on the job, so each statement may see what was committed before it. */
const WRITE = { modes: 'isolation level read committed, read write', settings: `${BY_INDEX}; ${BY_HASH}; ${EXACT}` }
/** Several statements see the same state. */
const SNAPSHOT = { modes: 'isolation level repeatable read, read only', settings: `${BY_INDEX}; ${EXACT}` }

/** Runs work on connections of a source, in transactions that never stay open. */
export class Transactions {
  readonly #source: Source
  readonly #quotedSchema: string
  readonly #timers: Timers

  constructor({ source, quotedSchema, timers }: TransactionsParams) {
    this.#source = source
    this.#quotedSchema = quotedSchema
    this.#timers = timers
  }

  /** Runs `work` as one transaction; it may run again, from its beginning. */
  write<T>(work: Work<T>): Promise<T> {
    return this.#repeat(() => this.#source.use((connection) => this.#transact(connection, work, WRITE)))
  }

  /** Runs work of several statements that read. */
  snapshot<T>(work: Work<T>): Promise<T> {
    return this.#repeat(() => this.#source.use((connection) => this.#transact(connection, work, SNAPSHOT)))
  }

  /** Runs work of a single statement. */
  single<T>(work: Work<T>): Promise<T> {
    // On the host's own connection it must not fall into the host's transaction.
    if (this.#source.isHostClient) return this.write(work)
    return this.#repeat(() => this.#source.use((connection) => this.#run(connection, work)))
  }

  async #repeat<T>(call: () => Promise<T>): Promise<T> {
    const tries = new Tries(this.#source)
    for (;;) {
      try {
        return await call()
      } catch (error) {
        const delayMs = tries.delayAfter(error)
        if (delayMs === undefined) throw error
        await this.#timers.delay(delayMs)
      }
    }
  }

  async #transact<T>(connection: Connection, work: Work<T>, begin: BeginParams): Promise<T> {
    const session = new Session(connection.client, this.#quotedSchema)
    await connection.begin(begin)
    try {
      const result = await work(session)
      await commit(session)
      return result
    } catch (error) {
      await this.#undo(session, connection, error)
      throw error
    }
  }

  /** A server that has not answered would not answer a rollback either. The host's one connection can't be exchanged, so there it is tried. */
  async #undo(session: Session, connection: Connection, error: unknown): Promise<void> {
    const isUnanswered = isLost(error) || error instanceof CommitFailure
    if (isUnanswered && !this.#source.isHostClient) connection.discard(error)
    else await rollback(session, connection)
  }

  async #run<T>(connection: Connection, work: Work<T>): Promise<T> {
    try {
      return await work(new Session(connection.client, this.#quotedSchema))
    } catch (error) {
      if (isLost(error)) connection.discard(error)
      throw error
    }
  }
}

function isLost(error: unknown): error is DriverFailure {
  return error instanceof DriverFailure && error.isConnectionLost
}

async function commit(session: Session): Promise<void> {
  try {
    const answer = await session.command('commit')
    if (answer === 'ROLLBACK') throw new Error('the transaction had failed before it was committed')
  } catch (error) {
    throw new CommitFailure(error instanceof DriverFailure ? error.cause : error)
  }
}

async function rollback(session: Session, connection: Connection): Promise<void> {
  try {
    await session.command('rollback')
  } catch (error) {
    connection.discard(error instanceof Error ? error : new Error(String(error)))
  }
}
