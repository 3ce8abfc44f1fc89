import { booleanFrom } from './column-value.js'
import { type PostgresClient, type PostgresPool, type PostgresPoolClient, requireText } from './driver.js'
import { ConnectFailure } from './driver-failure.js'
import { Session } from './session.js'
import { SharedListening } from './shared-listening.js'
import type { BeginParams, Connection, KeptClient, Listener, Source } from './source.js'

/**
 * How long a transaction may stand still between two statements, in ms, before the server ends it: a process that is frozen, or cut off from the
 * network, in the middle of one does not keep the others from its job for as long as that lasts. Well below the time that leases have left.
 */
const STANDSTILL_LIMIT_MS = 5_000

/**
 * How long what the server sends may stay unread, in ms, before it gives up the connection: the same for a process that is frozen while it is
 * being answered, where the transaction does not count as standing still.
 */
const UNREAD_LIMIT_MS = 10_000

/** Storages that share a pool listen by one connection: one each might be all that the pool has. */
const LISTENING = new WeakMap<PostgresPool, SharedListening>()

/** Connections of a pool; each task has one for itself. */
export class PoolSource implements Source {
  readonly isHostClient = false
  readonly #pool: PostgresPool
  /** Until it is known what the server runs on. */
  #limits = limitsOn(false)

  constructor(pool: PostgresPool) {
    this.#pool = pool
  }

  /** A pool of one would be used up by listening. */
  get canListen(): boolean {
    return (this.#pool.options?.max ?? Number.POSITIVE_INFINITY) > 1
  }

  async open(): Promise<void> {
    await this.use(async ({ client }) => {
      requireText(client)
      const [isLinux = null] = (await new Session(client, '').firstRow(IS_LINUX)) ?? []
      this.#limits = limitsOn(booleanFrom(isLinux))
    })
  }

  async use<T>(task: (connection: Connection) => Promise<T>): Promise<T> {
    let broken: Error | undefined
    const discard = (error: Error) => {
      broken ??= error
    }
    const client = await this.#connect(discard)
    const beginText = ({ modes, settings }: BeginParams) => `begin ${modes}; ${settings}; ${this.#limits}`
    try {
      return await task({
        client,
        begin: (params) => begin(client, beginText(params), discard),
        beginText,
        discard,
      })
    } finally {
      client.removeListener('error', discard)
      client.release(broken)
    }
  }

  listen(listener: Listener): Promise<() => void> {
    const listening = LISTENING.get(this.#pool) ?? new SharedListening(() => this.#keep())
    LISTENING.set(this.#pool, listening)
    return listening.add(listener)
  }

  async close(): Promise<void> {}

  async #keep(): Promise<KeptClient> {
    const client = await this.#connect(() => {})
    return { client, end: () => client.release(true) }
  }

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

const IS_LINUX = "select version() like '%linux%'"
const STANDSTILL_LIMIT = `set local idle_in_transaction_session_timeout = ${STANDSTILL_LIMIT_MS}`

/** A server that is no Linux can't watch what is unread, and would say so in its log each time. Over a Unix socket it need not. */
function limitsOn(isLinux: boolean): string {
  return isLinux ? `${STANDSTILL_LIMIT}; set local tcp_user_timeout = ${UNREAD_LIMIT_MS}` : STANDSTILL_LIMIT
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
