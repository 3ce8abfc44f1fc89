import type { Storage } from '@broadside/core'
import type { Harness, Work, WorkerProgram } from '@broadside/storage-testkit'
import pg from 'pg'
import { buildWorker } from '../../storage-testkit/test/build-worker.js'
import { type PostgresStorageOptions, postgresStorage } from '../src/index.js'
import { startServer, type TestServer } from './server.js'
import { type Failure, type TappedPool, tappedPool } from './tapped-pool.js'

export interface OpenOptions extends PostgresStorageOptions {
  readonly url?: string
}

/** A database for one test file. What is opened on it is closed by the test, or at the end by `stop`. */
export class TestDatabase {
  readonly #server: TestServer
  readonly #hasFlush: boolean
  /** For the tests' own statements. */
  readonly pool: pg.Pool
  readonly #schemas = new Set<string>()
  readonly #schemaOf = new WeakMap<Storage, string>()
  readonly #ends: (() => Promise<unknown>)[] = []

  private constructor(server: TestServer, pool: pg.Pool, version: number) {
    this.#server = server
    this.#hasFlush = version >= 150_000
    this.pool = pool
  }

  static async start(): Promise<TestDatabase> {
    const server = await startServer()
    const pool = new pg.Pool({ connectionString: server.url, max: 4 })
    pool.on('error', () => {})
    const { rows } = await pool.query<{ version: string }>("select current_setting('server_version_num') as version")
    return new TestDatabase(server, pool, Number(rows[0]?.version))
  }

  get url(): string {
    return this.#server.url
  }

  newPool(max = 10, applicationName = 'test'): pg.Pool {
    const pool = new pg.Pool({ connectionString: this.url, max, application_name: applicationName })
    pool.on('error', () => {})
    this.#ends.push(async () => pool.ended || pool.end())
    return pool
  }

  async newClient(): Promise<pg.Client> {
    const client = new pg.Client(this.url)
    client.on('error', () => {})
    await client.connect()
    this.#ends.push(() => client.end())
    return client
  }

  /** The name of a schema that nobody else uses. */
  newSchema(): string {
    const name = `test_${process.pid}_${Math.random().toString(36).slice(2, 8)}_${this.#schemas.size}`
    this.#schemas.add(name)
    return name
  }

  async open({ url = this.url, ...options }: OpenOptions = {}): Promise<Storage> {
    const storage = postgresStorage(url, { schema: this.newSchema(), poolSize: 4, ...options })
    await storage.open()
    return storage
  }

  async stop(): Promise<void> {
    // First of all what a test that failed has left open: it may hold locks.
    await Promise.allSettled(this.#ends.map((end) => end()))
    for (const names of chunksOf([...this.#schemas], 20)) {
      await this.pool.query(`drop schema if exists ${names.map((name) => `"${name}"`).join(', ')} cascade`)
    }
    await this.pool.end()
    await this.#server.stop()
  }

  /** Engines with a pool of their own each. */
  get onUrl(): Harness {
    return {
      ...this.#harnessOf((schema) => postgresStorage(this.url, { schema, poolSize: 6 })),
      fork: (storage) => this.#worker(storage),
    }
  }

  /** Engines with a pool of the host's each: the harness with everything that the kit can make use of. */
  onPool(failure: Failure = 'connection lost'): Harness {
    const pools = new WeakMap<Storage, TappedPool>()
    const poolOf = (storage: Storage) => found(pools.get(storage))
    const harness = this.#harnessOf((schema) => {
      const own = this.newPool(6)
      const pool = tappedPool(own, failure)
      const storage = closing(postgresStorage(pool, { schema }), () => own.end())
      pools.set(storage, pool)
      return storage
    })
    return {
      ...harness,
      fork: (storage) => this.#worker(storage),
      interrupt: (storage, interruption) => poolOf(storage).tap.interrupt(interruption),
      ...(this.#hasFlush ? { work: (storage: Storage) => this.#work(storage, poolOf(storage)) } : {}),
    }
  }

  /** Engines with one connection of the host's each. */
  get onClient(): Harness {
    return this.#harnessOf(async (schema) => {
      const client = await this.newClient()
      return closing(postgresStorage(client, { schema }), () => client.end())
    })
  }

  /** Opens storages by `way`, each on a schema of its own. */
  #harnessOf(way: (schema: string) => Storage | Promise<Storage>): Harness {
    const openOn = async (schema: string) => {
      const storage = await way(schema)
      await storage.open()
      this.#schemaOf.set(storage, schema)
      return storage
    }
    return {
      open: () => openOn(this.newSchema()),
      join: (storage) => openOn(found(this.#schemaOf.get(storage))),
      reopen: async (storage) => {
        await storage.close()
        return openOn(found(this.#schemaOf.get(storage)))
      },
    }
  }

  async #worker(storage: Storage): Promise<WorkerProgram> {
    return workerProgram(this.url, found(this.#schemaOf.get(storage)))
  }

  /** Statements are counted on their way; of the rows, Postgres knows more than it answers. */
  async #work(storage: Storage, { tap, flush }: TappedPool): Promise<Work> {
    await flush()
    const { rows } = await this.pool.query<Omit<Work, 'statements'>>(WORK, [found(this.#schemaOf.get(storage))])
    return { statements: tap.work.statements, ...found(rows[0]) }
  }
}

/** Index entries are counted where rows are found by them: there the dead ones are met, too. */
const WORK = `
  select
    coalesce(sum(seq_tup_read), 0)::float8 + (
      select coalesce(sum(idx_tup_read), 0)::float8 from pg_stat_user_indexes where schemaname = $1
    ) as "rowsRead",
    coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)::float8 as "rowsWritten",
    coalesce(sum(n_tup_upd) filter (where relname = 'jobs'), 0)::float8 as "counterUpdates"
  from pg_stat_user_tables where schemaname = $1`

let program: Promise<string> | undefined

/** The program of a worker process; `worker.ts` says which arguments there are. */
export async function workerProgram(...args: readonly string[]): Promise<WorkerProgram> {
  program ??= buildWorker({ name: 'postgres', external: ['pg'] })
  return { modulePath: await program, args }
}

/** Ends what the storage was opened on when it is closed. */
function closing(storage: Storage, end: () => Promise<void>): Storage {
  let closed: Promise<void> | undefined
  return {
    ...storage,
    close: () => {
      closed ??= storage.close().finally(end)
      return closed
    },
  }
}

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('this storage was not opened by the harness')
  return value
}

function chunksOf<T>(list: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, index) =>
    list.slice(index * size, (index + 1) * size),
  )
}
