import { BroadsideError } from '@broadside/core'
import { type BusyWait, untilNotBusy } from './busy-wait.js'
import type { Connection } from './connection.js'
import { MIGRATIONS, type Migration } from './schema.js'
import type { Session } from './session.js'
import { inOneStep } from './steps.js'

/**
 * Brings our tables to the version that this package knows. Several processes may do it at once: it happens in one
 * transaction that looks again once it has the lock.
 *
 * @throws BroadsideError `STORAGE_SCHEMA_NEWER` for tables of a later version.
 */
export async function migrate(
  session: Session,
  wait: BusyWait,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<void> {
  const version = await untilNotBusy(wait, () => schemaVersion(session.connection))
  if (version === migrations.length) return
  await session.runAtOnce((db) => inOneStep(() => migrateFrom(db, schemaVersion(db), migrations)))
}

/** The version of our tables; 0 where there are none. */
export function schemaVersion(db: Connection): number {
  const [found] = db.row<[number]>(HAS_SCHEMA, db.tables.schema) ?? [0]
  return found === 0 ? 0 : (db.row<[number]>(VERSION)?.[0] ?? 0)
}

function migrateFrom(db: Connection, version: number, migrations: readonly Migration[]): void {
  if (version > migrations.length) throw newerError(version, migrations.length)
  if (version === 0) db.exec(`create table if not exists ${db.tables.schema} (version integer not null)`)
  for (const migration of migrations.slice(version)) db.exec(migration(db.tables))
  db.exec(`delete from ${db.tables.schema}; insert into ${db.tables.schema} values (${migrations.length})`)
}

function newerError(version: number, known: number): BroadsideError {
  return new BroadsideError(
    'STORAGE_SCHEMA_NEWER',
    `The tables are of version ${version}, and this version of @broadside/sqlite knows them up to ${known}: ` +
      'upgrade it here, as was done where the tables were last opened.',
  )
}

const HAS_SCHEMA = () => `select count(*) from sqlite_master where type = 'table' and name = ?`
const VERSION = ({ schema }: { readonly schema: string }) => `select max(version) from ${schema}`
