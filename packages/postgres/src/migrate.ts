import { createHash } from 'node:crypto'
import { BroadsideError } from '@broadside/core'
import { MIGRATIONS, type Migration } from './schema.js'
import type { Session, Sql } from './session.js'
import type { Transactions } from './transactions.js'

/**
 * Brings our tables to the version that this package knows, and makes them where there are none. Several processes may do it at once: it
 * happens in one transaction, under a lock of the schema's own. Returns the id by which the schema is told from others of its name.
 *
 * @throws BroadsideError `STORAGE_SCHEMA_NEWER` for tables of a later version; `STORAGE_FAILED` for a database that can't hold every text.
 */
export async function migrate(
  transactions: Transactions,
  schema: string,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<string> {
  const found = await transactions.snapshot((session) => findVersion(session, schema))
  if (found?.version === migrations.length) return found.id
  return transactions.write(async (session) => {
    await checkEncoding(session)
    await session.rows(LOCK, lockKeyOf(schema))
    return migrateFrom(session, { schema, migrations, found: await findVersion(session, schema) })
  })
}

/** What is written down of a schema of ours. */
interface SchemaVersion {
  readonly version: number
  readonly id: string
}

async function findVersion(session: Session, schema: string): Promise<SchemaVersion | undefined> {
  const [exists] = (await session.row<[string]>(HAS_VERSION, schema)) ?? []
  if (exists !== 't') return undefined
  const row = await session.row<[version: string, id: string]>(VERSION)
  return row && { version: Number(row[0]), id: row[1] }
}

interface MigrateParams {
  readonly schema: string
  readonly migrations: readonly Migration[]
  readonly found: SchemaVersion | undefined
}

async function migrateFrom(session: Session, { schema, migrations, found }: MigrateParams): Promise<string> {
  const version = found?.version ?? 0
  if (version > migrations.length) throw newerError(schema, version, migrations.length)
  if (!found) await makeSchema(session, schema)
  for (const migration of migrations.slice(version)) await session.run(migration)
  const row = await session.row<[id: string]>(SET_VERSION, migrations.length)
  if (!row) throw new Error(`the schema ${schema} has lost its version`)
  return row[0]
}

/** Looked for first: to make one takes a right that whoever has been given a schema may not have. */
async function makeSchema(session: Session, schema: string): Promise<void> {
  const [exists] = (await session.row<[string]>(HAS_SCHEMA, schema)) ?? []
  if (exists !== 't') await session.run(MAKE_SCHEMA)
  await session.run(MAKE_VERSION)
}

async function checkEncoding(session: Session): Promise<void> {
  const [encoding = ''] = (await session.row<[string]>(ENCODING)) ?? []
  if (encoding === 'UTF8' || encoding === 'SQL_ASCII') return
  throw new BroadsideError(
    'STORAGE_FAILED',
    `The database has the encoding ${encoding}, which can't hold every name and text: create one with encoding UTF8.`,
  )
}

function newerError(schema: string, version: number, known: number): BroadsideError {
  return new BroadsideError(
    'STORAGE_SCHEMA_NEWER',
    `The tables in schema "${schema}" are of version ${version}, and this version of @broadside/postgres knows them up to ${known}: ` +
      'upgrade it here, as was done where the tables were last opened.',
  )
}

/** Advisory locks are one namespace a database, so the number has to be nobody else's. */
function lockKeyOf(schema: string): string {
  return createHash('sha256').update(`broadside schema ${schema}`).digest().readBigInt64BE().toString()
}

const LOCK: Sql = () => 'select pg_advisory_xact_lock($1::bigint)::text'
const ENCODING: Sql = () => 'select getdatabaseencoding()'
const HAS_SCHEMA: Sql = () => 'select exists (select from pg_catalog.pg_namespace where nspname = $1)'
const HAS_VERSION: Sql = () =>
  "select exists (select from pg_catalog.pg_tables where schemaname = $1 and tablename = 'schema_version')"
const VERSION: Sql = (s) => `select version, id from ${s}.schema_version`
const MAKE_SCHEMA: Sql = (s) => `create schema ${s}`
/** One row. The id tells whether another connection is at the same database. */
const MAKE_VERSION: Sql = (s) => `
  create table ${s}.schema_version (version integer not null, id text not null);
  insert into ${s}.schema_version values (0, gen_random_uuid()::text)`
const SET_VERSION: Sql = (s) => `update ${s}.schema_version set version = $1 returning id`
