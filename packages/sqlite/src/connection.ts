import { type ColumnValue, prepare, type SqliteHandle, type SqliteStatement } from './driver.js'
import type { Sql, Tables } from './tables.js'

/** A connection that runs our statements: prepared once, rows as tuples, integers as numbers, whatever the driver. */
export class Connection {
  readonly handle: SqliteHandle
  readonly tables: Tables
  readonly #prepared = new Map<Sql, SqliteStatement>()

  constructor(handle: SqliteHandle, tables: Tables) {
    this.handle = handle
    this.tables = tables
  }

  /** Runs a statement that returns no rows; says how many rows it changed. */
  run(sql: Sql, ...params: ColumnValue[]): number {
    return Number(this.#statement(sql).run(...params).changes)
  }

  /** The first row. `Row` names its columns, in their order. */
  row<Row extends readonly ColumnValue[]>(sql: Sql, ...params: ColumnValue[]): Row | undefined {
    const row = this.#statement(sql).get(...params)
    return row === undefined ? undefined : tupleOf<Row>(row)
  }

  rows<Row extends readonly ColumnValue[]>(sql: Sql, ...params: ColumnValue[]): readonly Row[] {
    const rows = this.#statement(sql).all(...params)
    return Array.isArray(rows[0]) ? (rows as Row[]) : rows.map((row) => tupleOf<Row>(row))
  }

  exec(sql: string): void {
    this.handle.exec(sql)
  }

  #statement(sql: Sql): SqliteStatement {
    let statement = this.#prepared.get(sql)
    if (statement === undefined) {
      statement = prepareForTuples(this.handle, sql(this.tables))
      this.#prepared.set(sql, statement)
    }
    return statement
  }
}

function prepareForTuples(handle: SqliteHandle, sql: string): SqliteStatement {
  const statement = prepare(handle, sql)
  if (statement.reader !== false) statement.raw?.(true)
  statement.setReturnArrays?.(true)
  statement.safeIntegers?.(false)
  statement.setReadBigInts?.(false)
  return statement
}

/** A driver without rows as arrays returns objects, with their keys in the order of the columns. */
function tupleOf<Row>(row: unknown): Row {
  return (Array.isArray(row) ? row : Object.values(row as object)) as Row
}
