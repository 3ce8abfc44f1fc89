import type { Storage } from '@broadside/core'
import type { Harness } from '@broadside/storage-testkit'
import pg from 'pg'
import { type PostgresStorageOptions, postgresStorage } from '../src/index.js'
import { startServer, type TestServer } from './server.js'

export interface OpenOptions extends PostgresStorageOptions {
  readonly url?: string
}

/** A database for one test file. What is opened on it is closed by the test, or at the end by `stop`. */
export class TestDatabase {
  readonly #server: TestServer
  /** For the tests' own statements. */
  readonly pool: pg.Pool
  readonly #schemas = new Set<string>()
  readonly #ends: (() => Promise<unknown>)[] = []

  private constructor(server: TestServer) {
    this.#server = server
    this.pool = new pg.Pool({ connectionString: server.url, max: 4 })
    this.pool.on('error', () => {})
  }

  static async start(): Promise<TestDatabase> {
    return new TestDatabase(await startServer())
  }

  get url(): string {
    return this.#server.url
  }

  newPool(max = 10, applicationName = 'test'): pg.Pool {
    const pool = new pg.Pool({ connectionString: this.url, max, application_name: applicationName })
    pool.on('error', () => {})
    this.#ends.push(() => pool.end())
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
    return this.#harnessOf((schema) => postgresStorage(this.url, { schema, poolSize: 6 }))
  }

  /** Engines that share a pool of the host's. */
  get onPool(): Harness {
    const pool = this.newPool(12)
    return this.#harnessOf((schema) => postgresStorage(pool, { schema }))
  }

  /** Engines with one connection of the host's each. */
  get onClient(): Harness {
    return this.#harnessOf(async (schema) => {
      const client = await this.newClient()
      const storage = postgresStorage(client, { schema })
      return { ...storage, close: () => storage.close().finally(() => client.end()) }
    })
  }

  /** Opens storages by `way`, each on a schema of its own. */
  #harnessOf(way: (schema: string) => Storage | Promise<Storage>): Harness {
    const schemas = new WeakMap<Storage, string>()
    const openOn = async (schema: string) => {
      const storage = await way(schema)
      await storage.open()
      schemas.set(storage, schema)
      return storage
    }
    const schemaOf = (storage: Storage) => {
      const schema = schemas.get(storage)
      if (schema === undefined) throw new Error('this storage was not opened by the harness')
      return schema
    }
    return {
      open: () => openOn(this.newSchema()),
      join: (storage) => openOn(schemaOf(storage)),
      reopen: async (storage) => {
        await storage.close()
        return openOn(schemaOf(storage))
      },
    }
  }
}

function chunksOf<T>(list: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, index) =>
    list.slice(index * size, (index + 1) * size),
  )
}
