import type { PostgresClient, PostgresPool } from './driver.js'
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
    const client = await this.#connect()
    let broken: Error | undefined
    // A connection that dies outside of a statement says so by an event, which would end the process if nobody listened.
    const onError = (error: Error) => {
      broken ??= error
    }
    client.on('error', onError)
    try {
      return await task({
        client,
        begin: ({ modes, settings }) => begin(client, `begin ${modes}; ${settings}`, onError),
        discard: onError,
      })
    } finally {
      client.removeListener('error', onError)
      client.release(broken)
    }
  }

  async keep(): Promise<KeptClient> {
    const client = await this.#connect()
    return { client, end: () => client.release(true) }
  }

  async close(): Promise<void> {}

  async #connect() {
    try {
      return await this.#pool.connect()
    } catch (cause) {
      throw new ConnectFailure(cause)
    }
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
