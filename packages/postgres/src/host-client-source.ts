import type { PostgresClient } from './driver.js'
import { DriverFailure } from './driver-failure.js'
import { Mutex } from './mutex.js'
import { Session } from './session.js'
import type { BeginParams, Connection, KeptClient, Source } from './source.js'
import type { Timers } from './timers.js'

/** How long a call waits for the end of the host's transaction, in ms, and how often it looks. */
const WAIT_LIMIT_MS = 10_000
const FIRST_DELAY_MS = 2
const MAX_DELAY_MS = 50

/** `begin` in a transaction is a warning of this code, in one that has failed an error of the other. */
const IN_TRANSACTION = '25001'
const IN_FAILED_TRANSACTION = '25P02'

/** The host's one connection: tasks have it in turn, and wait while the host is in a transaction of its own on it. */
export class HostClientSource implements Source {
  readonly isHostClient = true
  readonly canListen = false
  readonly #client: PostgresClient
  readonly #timers: Timers
  readonly #turns = new Mutex()

  constructor(client: PostgresClient, timers: Timers) {
    this.#client = client
    this.#timers = timers
  }

  async open(): Promise<void> {}

  use<T>(task: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = { client: this.#client, begin: (params: BeginParams) => this.#begin(params), discard: () => {} }
    return this.#turns.run(() => task(connection))
  }

  async keep(): Promise<KeptClient> {
    throw new DriverFailure(new Error("listening needs a connection of its own, and this is the host's only one"))
  }

  async close(): Promise<void> {}

  async #begin({ modes, settings }: BeginParams): Promise<void> {
    let delayMs = FIRST_DELAY_MS
    for (
      let waitedMs = 0;
      waitedMs < WAIT_LIMIT_MS;
      waitedMs += delayMs, delayMs = Math.min(delayMs * 2, MAX_DELAY_MS)
    ) {
      if (await this.#beginsOwn()) {
        return this.#set(`set transaction ${modes}; ${settings}`)
      }
      await this.#timers.delay(delayMs)
    }
    throw new DriverFailure(
      new Error(`the host's transaction on the client has not ended in ${WAIT_LIMIT_MS} ms: end it, or pass a Pool`),
    )
  }

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
    let isHosts = false
    const onNotice = ({ code }: { readonly code?: string | undefined }) => {
      if (code === IN_TRANSACTION) isHosts = true
    }
    this.#client.on('notice', onNotice)
    try {
      await new Session(this.#client, '').command('begin')
      return !isHosts
    } catch (error) {
      if (error instanceof DriverFailure && error.code === IN_FAILED_TRANSACTION) return false
      throw error
    } finally {
      this.#client.removeListener('notice', onNotice)
    }
  }
}
