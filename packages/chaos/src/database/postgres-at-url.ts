import { randomUUID } from 'node:crypto'
import pg from 'pg'
import type { DatabaseUnderTest } from './database-under-test.js'
import { terminateConnections } from './terminate-connections.js'

/** A server that somebody else runs, in a schema of our own. It can't be restarted. */
export function postgresAtUrl(url: string): DatabaseUnderTest {
  const schema = `broadside_chaos_${randomUUID().slice(0, 8)}`
  return {
    location: { kind: 'postgres', url, schema },
    terminate: (name) => terminateConnections(url, name),
    stop: async () => {
      const client = new pg.Client(url)
      await client.connect()
      await client.query(`drop schema if exists ${schema} cascade`)
      await client.end()
    },
  }
}
