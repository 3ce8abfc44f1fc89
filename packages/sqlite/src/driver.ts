/** What a column can hold, as both drivers bind and return it. */
export type ColumnValue = string | number | bigint | null | Uint8Array

/** The few methods of a prepared statement that are used. */
export interface SqliteStatement {
  run(...params: ColumnValue[]): { readonly changes: number | bigint }
  get(...params: ColumnValue[]): unknown
  all(...params: ColumnValue[]): unknown[]
  /** better-sqlite3: whether it returns rows. */
  readonly reader?: boolean
  /** better-sqlite3: rows as arrays. */
  raw?(on: boolean): unknown
  /** better-sqlite3: integers as bigint; the host may have made that the default. */
  safeIntegers?(on: boolean): unknown
  /** node:sqlite: rows as arrays, where it has that. */
  setReturnArrays?(on: boolean): unknown
  /** node:sqlite: integers as bigint. */
  setReadBigInts?(on: boolean): unknown
}

/** A database connection of better-sqlite3 (`Database`) or of node:sqlite (`DatabaseSync`): the few members that are used. */
export interface SqliteHandle {
  /** A {@link SqliteStatement}; the drivers' own types of it have no more in common than that. */
  prepare(sql: string): unknown
  exec(sql: string): unknown
  close(): unknown
  /** better-sqlite3. */
  readonly inTransaction?: boolean
  /** node:sqlite, where it has that. */
  readonly isTransaction?: boolean
}

export function prepare(handle: SqliteHandle, sql: string): SqliteStatement {
  return handle.prepare(sql) as SqliteStatement
}

/** Opens a connection of the same driver to a file. */
export type SqliteDriver = (path: string) => SqliteHandle

/** The driver that a handle came from. */
export function driverOf(handle: SqliteHandle): SqliteDriver {
  const Database = handle.constructor as new (path: string, options: { readonly timeout: number }) => SqliteHandle
  return (path) => new Database(path, { timeout: 0 })
}
