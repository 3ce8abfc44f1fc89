import type { Duplex } from 'node:stream'
import { StatementTap } from '@broadside/storage-testkit'
import type pg from 'pg'
import type { PostgresPool, PostgresPoolClient, PostgresQuery, PostgresResult } from '../src/driver.js'

/** How a statement fails that is interrupted: by its connection, or by the server, which then undoes the transaction. */
export type Failure = 'connection lost' | 'disk full' | 'deadlock'

/** A pool whose connections let their statements pass through a tap. */
export interface TappedPool extends PostgresPool {
  readonly tap: StatementTap
  /** Has every connection say what it has done so far, from Postgres 15 on. */
  flush(): Promise<void>
}

export function tappedPool(pool: pg.Pool, failure: Failure): TappedPool {
  const tap = new StatementTap()
  const clients = new Set<pg.PoolClient>()
  pool.on('remove', (client) => clients.delete(client as pg.PoolClient))
  const tapped = (client: pg.PoolClient) => {
    clients.add(client)
    return tappedClient(client, { tap, failure })
  }
  return {
    tap,
    connect: (callback) => pool.connect((error, client) => callback(error, client && tapped(client))),
    get totalCount() {
      return pool.totalCount
    },
    options: pool.options,
    flush: async () => {
      for (const client of clients) await client.query('select pg_stat_force_next_flush()')
    },
  }
}

interface TapParams {
  readonly tap: StatementTap
  readonly failure: Failure
}

function tappedClient(client: pg.PoolClient, { tap, failure }: TapParams): PostgresPoolClient {
  const query = (statement: PostgresQuery) =>
    tap.pass({
      run: () => client.query(statement) as unknown as Promise<PostgresResult>,
      fail: (of) => failing(client, of === 'commit-answer' ? 'connection lost' : failure),
      commits: /(^|; )commit$/.test(statement.text),
    })
  return new Proxy(client, {
    get: (target, name) => {
      const member: unknown = name === 'query' ? query : Reflect.get(target, name)
      return typeof member === 'function' ? member.bind(target) : member
    },
  }) as PostgresPoolClient
}

const SQLSTATES = { 'disk full': '53100', deadlock: '40P01' }

async function failing(client: pg.PoolClient, failure: Failure): Promise<never> {
  if (failure !== 'connection lost') {
    await client.query(`do $$ begin raise 'interrupted' using errcode = '${SQLSTATES[failure]}'; end $$`)
  }
  const { connection } = client as unknown as { readonly connection: { readonly stream: Duplex } }
  connection.stream.destroy()
  throw new Error('Connection terminated unexpectedly')
}
