import type { Connection } from './connection.js'
import type { Tables } from './tables.js'

/** Open items that were settled as to be tried again, and that no lease covers. */

/** The `seq`s of those that are due, the earliest first. */
export function dueRetries(
  db: Connection,
  job: number,
  { now, limit }: { now: number; limit: number },
): readonly number[] {
  return db.rows<[seq: number]>(DUE, job, now, limit).map(([seq]) => seq)
}

/** The next instant after `after` at which one is due. */
export function nextRetryAt(db: Connection, job: number, after: number): number | undefined {
  return db.row<[number]>(NEXT, job, after)?.[0]
}

const DUE = ({ outcomes }: Tables) => `
  select seq from ${outcomes} where job = ? and held = 0 and next_attempt_at <= ? order by next_attempt_at, seq limit ?`
const NEXT = ({ outcomes }: Tables) => `
  select next_attempt_at from ${outcomes} where job = ? and held = 0 and next_attempt_at > ?
  order by next_attempt_at limit 1`
