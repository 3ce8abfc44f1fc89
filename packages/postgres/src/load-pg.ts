import { BroadsideError } from '@broadside/core'
import type { PostgresClient, PostgresPool } from './driver.js'

/** The pool and the connection that `pg` makes; these two are ours to close. */
export interface Pg {
  newPool(): PostgresPool & { end(): Promise<void> }
  newClient(): PostgresClient & { connect(): Promise<unknown>; end(): Promise<void> }
}

export interface PgParams {
  readonly connectionString: string
  readonly poolSize: number
}

/** How long getting a connection may take, in ms, waiting for a free one included. */
const CONNECT_LIMIT_MS = 30_000

/** How long a statement may take, in ms: a server that has gone silent keeps no call, and so no `close`, for ever. */
const QUERY_LIMIT_MS = 60_000
/** How long a connection is idle before it is asked whether it is still there, in ms. */
const KEEP_ALIVE_DELAY_MS = 10_000

/** Loads `pg`, which only a storage that was given a connection string needs. */
export async function loadPg({ connectionString, poolSize }: PgParams): Promise<Pg> {
  const pg = await importPg()
  const settings = {
    connectionString,
    fallback_application_name: 'broadside',
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_DELAY_MS,
    query_timeout: QUERY_LIMIT_MS,
    connectionTimeoutMillis: CONNECT_LIMIT_MS,
  }
  return {
    newPool: () => {
      const pool = new pg.Pool({ ...settings, max: poolSize })
      // An idle connection that dies is replaced by the pool; without a listener it would end the process.
      pool.on('error', () => {})
      return pool
    },
    newClient: () => new pg.Client(settings),
  }
}

async function importPg() {
  try {
    return (await import('pg')).default
  } catch (cause) {
    throw new BroadsideError(
      'STORAGE_FAILED',
      'postgresStorage was given a connection string and needs the package pg to use it, which could not be loaded: ' +
        'install it (`npm install pg`), or pass a Pool of your own.',
      { cause },
    )
  }
}
