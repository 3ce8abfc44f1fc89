import type { ItemStatus } from '@broadside/core'
import { type ColumnText, fromColumn, toColumn } from './column-text.js'
import type { Connection } from './connection.js'
import type { Tables } from './tables.js'

/** Items that carry a code or failed, found through the index that a successful settle does not write. */

/** Whether every item that was settled to this status is in the index. */
export function isMarked(status: ItemStatus): boolean {
  return status === 'error' || status === 'skipped' || status === 'uncertain'
}

/** Every code that items of the job have had, and `undefined` for failed ones without a code. */
export function knownCodes(db: Connection, job: number): readonly (string | undefined)[] {
  return [...db.rows<[ColumnText]>(CODES, job).map(([code]) => fromColumn(code)), undefined]
}

export interface MarkedParams {
  readonly code: string | undefined
  readonly after: number
  readonly limit: number
}

/** The `seq`s of the items with a code, ascending, of those after `after`. */
export function markedSeqs(db: Connection, job: number, { code, after, limit }: MarkedParams): readonly number[] {
  const rows =
    code === undefined
      ? db.rows<[number]>(WITHOUT_CODE, job, after, limit)
      : db.rows<[number]>(WITH_CODE, job, toColumn(code), after, limit)
  return rows.map(([seq]) => seq)
}

const CODES = ({ codes }: Tables) => `select code from ${codes} where job = ?`
const WITH_CODE = ({ outcomes }: Tables) => `
  select seq from ${outcomes} indexed by ${outcomes}_marked where job = ? and code = ? and seq > ? order by seq limit ?`
const WITHOUT_CODE = ({ outcomes }: Tables) => `
  select seq from ${outcomes} indexed by ${outcomes}_marked
  where job = ? and code is null and status in (2, 3, 6) and seq > ? order by seq limit ?`
