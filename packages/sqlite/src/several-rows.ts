import type { Connection } from './connection.js'
import type { ColumnValue } from './driver.js'
import { isConstraint } from './sqlite-error.js'
import type { Sql } from './tables.js'

/** Rows that one statement inserts: it takes half the time of a statement each, and more rows save nothing more (measured). */
export const SEVERAL = 25

/** The rows of an insert of several, as text: each has so many columns of its own. What they share is selected beside `several`. */
export function severalRows(columns: number): string {
  const row = `(${Array(columns).fill('?').join(', ')})`
  return `(values ${Array(SEVERAL).fill(row).join(', ')}) as several`
}

/** Inserts several rows by one statement; false when one of them is there already: then none of them was inserted. */
export function insertSeveral(db: Connection, sql: Sql, params: readonly ColumnValue[]): boolean {
  try {
    db.run(sql, ...params)
    return true
  } catch (error) {
    if (isConstraint(error)) return false
    throw error
  }
}
