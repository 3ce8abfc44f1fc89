import type { PostgresClient, PostgresPool, PostgresPoolClient } from './driver.js'
import { ConnectFailure } from './driver-failure.js'
import { Session } from './session.js'
import type { Connection, KeptClient, Source } from './source.js'

/** Connections of a pool; each task has one for itself. */
export class PoolSource implements Source {
  readonly isHostClient = false
  readonly #pool: PostgresPool

  constructor(pool: PostgresPool) {
    this.#pool = pool
  }

  /** A pool of one would be used up by listening. */
  get canListen(): boolean {
    return (this.#pool.options?.max ?? Number.POSITIVE_INFINITY) > 1
  }

  async open(): Promise<void> {}

  async use<T>(task: (connection: Connection) => Promise<T>): Promise<T> {
    let broken: Error | undefined
    const discard = (error: Error) => {
      broken ??= error
    }
    const client = await this.#connect(discard)
    try {
      return await task({
        client,
        begin: ({ modes, settings }) => begin(client, `begin ${modes}; ${settings}`, discard),
        discard,
      })
    } finally {
      client.removeListener('error', discard)
      client.release(broken)
    }
  }

  async keep(): Promise<KeptClient> {
    const client = await this.#connect(() => {})
    return { client, end: () => client.release(true) }
  }

  async close(): Promise<void> {}

  /**
   * A connection that dies outside of a statement says so by an event, which would end the process if nobody listened. It may come right
   * behind the connection itself, before anybody who waits for a promise has their turn: hence the callback.
   */
  #connect(onError: (error: Error) => void): Promise<PostgresPoolClient> {
    return new Promise<PostgresPoolClient>((resolve, reject) => {
      this.#pool.connect((error, client) => {
        if (!client) return reject(error ?? new Error('the pool gave no connection'))
        client.on('error', onError)
        resolve(client)
      })
    }).catch((cause: unknown) => {
      throw new ConnectFailure(cause)
    })
  }
}

/** A transaction that has begun by halves goes with its connection. */
async function begin(client: PostgresClient, text: string, discard: (error: Error) => void): Promise<void> {
  try {
    await new Session(client, '').command(text)
  } catch (error) {
    discard(error instanceof Error ? error : new Error(String(error)))
    throw error
  }
}
