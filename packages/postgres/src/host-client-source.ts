import { booleanFrom } from './column-value.js'
import { type PostgresClient, requireText } from './driver.js'
import { DriverFailure } from './driver-failure.js'
import { Session } from './session.js'
import type { BeginParams, Connection, Source } from './source.js'
import type { Timers } from './timers.js'
import { turnsOf } from './turns.js'

/** How long a call waits for the end of the host's transaction, in ms, and how often it looks. */
const WAIT_LIMIT_MS = 10_000
const FIRST_DELAY_MS = 2
const MAX_DELAY_MS = 50

/** What `begin` fails with in a transaction that has failed. */
const IN_FAILED_TRANSACTION = '25P02'

/**
 * In a transaction of the host's, `begin` does nothing but warn, and the host may have turned warnings off. A transaction that has begun
 * with this very message has its time. When the question fails, nothing has begun.
 */
const BEGIN = 'select now() = statement_timestamp(); begin'

/** The host is in a transaction: nothing has happened. */
class HostIsBusy extends Error {}

/** The host's one connection: tasks have it in turn, and wait while the host is in a transaction of its own on it. */
export class HostClientSource implements Source {
  readonly isHostClient = true
  readonly canListen = false
  readonly #client: PostgresClient
  readonly #timers: Timers

  constructor(client: PostgresClient, timers: Timers) {
    this.#client = client
    this.#timers = timers
  }

  async open(): Promise<void> {
    requireText(this.#client)
  }

  /** Between two looks at whether the host's transaction has ended, its turn is the host's own calls'. */
  async use<T>(task: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = { client: this.#client, begin: (params: BeginParams) => this.#begin(params), discard: () => {} }
    for (const delayMs of waits()) {
      try {
        return await turnsOf(this.#client).run(() => task(connection))
      } catch (error) {
        if (!(error instanceof HostIsBusy)) throw error
      }
      await this.#timers.delay(delayMs)
    }
    throw new DriverFailure(
      new Error(`the host's transaction on the client has not ended in ${WAIT_LIMIT_MS} ms: end it, or pass a Pool`),
    )
  }

  async listen(): Promise<never> {
    throw new DriverFailure(new Error("listening needs a connection of its own, and this is the host's only one"))
  }

  async close(): Promise<void> {}

  async #begin({ modes, settings }: BeginParams): Promise<void> {
    if (!(await this.#beginsOwn())) throw new HostIsBusy()
    await this.#set(`rollback and chain; set transaction ${modes}; ${settings}`)
  }

  /** Modes can only be set before the first query, and asking for the time was one: so it begins anew, without letting go. */
  async #set(text: string): Promise<void> {
    const session = new Session(this.#client, '')
    try {
      await session.command(text)
    } catch (error) {
      await session.command('rollback').catch(() => undefined)
      throw error
    }
  }

  /** False when the host is in a transaction: then nothing has happened. */
  async #beginsOwn(): Promise<boolean> {
    try {
      const [isOwn] = (await new Session(this.#client, '').firstRow(BEGIN)) ?? []
      return booleanFrom(isOwn ?? null)
    } catch (error) {
      if (error instanceof DriverFailure && error.code === IN_FAILED_TRANSACTION) return false
      throw error
    }
  }
}

/** How long to wait before each next look, in ms. */
function* waits(): Iterable<number> {
  let delayMs = FIRST_DELAY_MS
  for (let waitedMs = 0; waitedMs < WAIT_LIMIT_MS; waitedMs += delayMs) {
    yield delayMs
    delayMs = Math.min(delayMs * 2, MAX_DELAY_MS)
  }
}
