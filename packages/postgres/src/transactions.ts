import { CommitFailure, DriverFailure } from './driver-failure.js'
import { PreparedStatements, type Step } from './prepared.js'
import { type Rows, Session } from './session.js'
import type { BeginParams, Connection, Source } from './source.js'
import type { Timers } from './timers.js'
import { Tries } from './tries.js'
import { hasUndone } from './undo-unless.js'

export type Work<T> = (session: Session) => Promise<T>

/** Work that can also find out whether it has been done before. */
export type RepeatableWork<T> = (session: Session, mayBeDone: boolean) => Promise<T>

/** A transaction of which all is known beforehand. */
export interface Message<T> {
  readonly steps: readonly Step[]
  /** What the rows of each step say; `undefined` when the steps have found that they do not apply, and have done nothing. */
  readonly answer: (rows: readonly Rows[]) => T | undefined
}

/** What became of a message. */
type Attempt<T> = { readonly answer: T | undefined } | 'unknown'

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
/** A prepared statement is not planned again because its values are others. */
const PLANNED_ONCE = { ...WRITE, settings: `${WRITE.settings}; set local plan_cache_mode = force_generic_plan` }
/** Several statements see the same state. */
const SNAPSHOT = { modes: 'isolation level repeatable read, read only', settings: `${BY_INDEX}; ${EXACT}` }

/** Runs work on connections of a source, in transactions that never stay open. */
export class Transactions {
  readonly #source: Source
  readonly #quotedSchema: string
  readonly #timers: Timers
  readonly #prepared: PreparedStatements

  constructor({ source, quotedSchema, timers }: TransactionsParams) {
    this.#source = source
    this.#quotedSchema = quotedSchema
    this.#timers = timers
    this.#prepared = new PreparedStatements(quotedSchema)
  }

  /** Runs `work` as one transaction; it may run again, from its beginning. */
  write<T>(work: Work<T>): Promise<T> {
    return this.#repeat(() => this.#source.use((connection) => this.#transact(connection, work, WRITE)))
  }

  /**
   * Runs a transaction by a single message, its commit included: whoever waits for its locks waits for the server only, and never for a process that
   * has other things to do between two statements. What a message can't do is done by `work`, as `write` does it.
   */
  async writeAtOnce<T>(message: Message<T> | undefined, work: RepeatableWork<T>): Promise<T> {
    const attempt = message ? await this.#source.use((connection) => this.#attempt(connection, message)) : undefined
    if (typeof attempt === 'object' && attempt.answer !== undefined) return attempt.answer
    return this.write((session) => work(session, attempt === 'unknown'))
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

  async #attempt<T>(connection: Connection, { steps, answer }: Message<T>): Promise<Attempt<T>> {
    const begin = connection.beginText?.(PLANNED_ONCE)
    if (begin === undefined) return { answer: undefined }
    const session = new Session(connection.client, this.#quotedSchema)
    const text = this.#prepared.textOf(connection.client, steps)
    try {
      const results = await session.script([...text.before, begin, ...text.steps, 'commit'].join('; '))
      this.#prepared.keep(connection.client, steps)
      return { answer: answer(results.slice(-1 - steps.length, -1)) }
    } catch (error) {
      return await this.#afterFailure(session, connection, error)
    }
  }

  /** The server undoes what has failed; of a message that it has not answered, nobody knows what became. */
  async #afterFailure<T>(session: Session, connection: Connection, error: unknown): Promise<Attempt<T>> {
    if (isLost(error)) {
      connection.discard(error)
      return 'unknown'
    }
    await rollback(session, connection)
    if (!(error instanceof DriverFailure)) throw error
    if (error.isConflict || hasUndone(error) || this.#prepared.hasLost(error)) return { answer: undefined }
    throw error
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
