import type { Place } from '../place.js'

/** Commits of one small row each, by nothing but the driver. */
export interface BareCommits {
  /** Makes three; says how long they took, in ms. */
  three(): Promise<number>
  close(): Promise<void>
}

export async function bareCommits(place: Place): Promise<BareCommits> {
  if (place.kind === 'file') return sqliteCommits(`${place.file}.commits.db`)
  if (place.kind === 'postgres') return postgresCommits(place.url)
  return { three: async () => 0, close: async () => {} }
}

async function sqliteCommits(file: string): Promise<BareCommits> {
  const { openSqlite } = await import('../systems/sqlite-driver.js')
  const database = openSqlite(file)
  database.exec('create table if not exists commits (at real not null)')
  const insert = database.prepare('insert into commits (at) values (?)')
  return {
    three: () => timed(async () => void insert.run(performance.now())),
    close: async () => database.close(),
  }
}

async function postgresCommits(url: string): Promise<BareCommits> {
  const { default: pg } = await import('pg')
  const client = new pg.Client(url)
  await client.connect()
  await client.query('create table if not exists commits (at float8 not null)')
  const text = 'insert into commits (at) values ($1)'
  return {
    three: () => timed(async () => void (await client.query({ name: 'commit', text, values: [performance.now()] }))),
    close: () => client.end(),
  }
}

async function timed(commit: () => Promise<void>): Promise<number> {
  const startedAt = performance.now()
  for (let turn = 0; turn < 3; turn += 1) await commit()
  return performance.now() - startedAt
}
