import { startPostgres } from '@broadside/local-postgres'

/** A Postgres server to test with. */
export interface TestServer {
  readonly url: string
  stop(): Promise<void>
}

/** The server that `DATABASE_URL` names, or one that is started in a directory of its own, and is gone after `stop`. */
export async function startServer(): Promise<TestServer> {
  const url = process.env.DATABASE_URL
  if (url) return { url, stop: async () => {} }
  return startPostgres({ durable: false, settings: ['max_connections=200'] })
}
