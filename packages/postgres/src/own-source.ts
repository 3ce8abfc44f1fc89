import { ConnectFailure } from './driver-failure.js'
import { loadPg, type Pg, type PgParams } from './load-pg.js'
import { PoolSource } from './pool-source.js'
import { SharedListening } from './shared-listening.js'
import type { Connection, KeptClient, Listener, Source } from './source.js'

/** A pool of our own, from `open` to `close`. */
export class OwnSource implements Source {
  readonly isHostClient = false
  readonly canListen = true
  readonly #params: PgParams
  readonly #listening = new SharedListening(() => this.#keep())
  #opened: { readonly pg: Pg; readonly pool: ReturnType<Pg['newPool']>; readonly source: PoolSource } | undefined

  constructor(params: PgParams) {
    this.#params = params
  }

  async open(): Promise<void> {
    const pg = await loadPg(this.#params)
    const pool = pg.newPool()
    const source = new PoolSource(pool)
    this.#opened = { pg, pool, source }
    await source.open()
  }

  use<T>(task: (connection: Connection) => Promise<T>): Promise<T> {
    return this.#require().source.use(task)
  }

  listen(listener: Listener): Promise<() => void> {
    return this.#listening.add(listener)
  }

  async close(): Promise<void> {
    const opened = this.#opened
    this.#opened = undefined
    await opened?.pool.end()
  }

  /** Beside the pool, so that its size is what the host said. */
  async #keep(): Promise<KeptClient> {
    const client = this.#require().pg.newClient()
    client.on('error', () => {})
    try {
      await client.connect()
    } catch (cause) {
      throw new ConnectFailure(cause)
    }
    return { client, end: () => void client.end().catch(() => undefined) }
  }

  #require() {
    if (this.#opened === undefined) throw new ConnectFailure(new Error('the pool is not open'))
    return this.#opened
  }
}
