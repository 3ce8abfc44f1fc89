import { createRequire } from 'node:module'

export type SqliteValue = string | number | null

export interface SqliteStatement {
  run(...values: SqliteValue[]): { readonly changes: number }
  get(...values: SqliteValue[]): unknown
  all(...values: SqliteValue[]): unknown[]
  raw(on: boolean): this
}

/** The few members of better-sqlite3 that the bench uses. */
export interface SqliteDatabase {
  prepare(sql: string): SqliteStatement
  exec(sql: string): void
  close(): void
}

/** Opens a file with better-sqlite3, durable to the last commit. */
export function openSqlite(file: string): SqliteDatabase {
  const Database: new (file: string) => SqliteDatabase = createRequire(import.meta.url)('better-sqlite3')
  const database = new Database(file)
  database.exec('pragma journal_mode = wal; pragma synchronous = full')
  return database
}
