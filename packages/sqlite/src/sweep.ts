import type { SweepParams, SweepResult } from '@broadside/core'
import type { Connection } from './connection.js'
import type { Steps } from './steps.js'
import type { Sql, Tables } from './tables.js'

/** How many rows one call removes at most, so that it is short on a connection that is not cut; `more` brings the caller back. */
const MOST = 1_000
const CHUNK = 100

export function* sweep(db: Connection, { now, limit }: SweepParams): Steps<SweepResult> {
  const most = Math.min(limit, MOST)
  let removed = 0
  for (const remove of [removeFromGraves, removeAnswers, removeMarks]) {
    for (;;) {
      const count = remove(db, { now, limit: Math.min(CHUNK, most - removed) })
      removed += count
      if (count === 0) break
      yield
    }
  }
  return { removed, more: hasMore(db, now) }
}

interface RemoveParams {
  readonly now: number
  readonly limit: number
}

/** Removes items of a deleted job, with all that belongs to them; once it has none, what was left of the job. */
function removeFromGraves(db: Connection, { limit }: RemoveParams): number {
  const [job] = db.row<[number]>(GRAVE) ?? []
  if (job === undefined || limit <= 0) return 0
  const identities = db.run(DELETE_IDENTITIES, job, job, limit)
  db.run(DELETE_OUTCOMES, job, job, limit)
  const items = db.run(DELETE_ITEMS, job, job, limit)
  // Of items that are known by several texts, identities are left when all items are gone.
  if (items + identities > 0) return Math.max(items, identities)
  for (const rest of REST_OF_JOB) db.run(rest, job)
  return 1
}

function removeAnswers(db: Connection, { now, limit }: RemoveParams): number {
  return limit > 0 ? db.run(DELETE_ANSWERS, now, limit) : 0
}

function removeMarks(db: Connection, { now, limit }: RemoveParams): number {
  return limit > 0 ? db.run(DELETE_MARKS, now, limit) : 0
}

function hasMore(db: Connection, now: number): boolean {
  return db.row(GRAVE) !== undefined || db.row(OLD_ANSWER, now) !== undefined || db.row(OLD_MARK, now) !== undefined
}

const GRAVE = ({ graves }: Tables) => `select job from ${graves} order by job limit 1`
const DELETE_IDENTITIES = ({ identities }: Tables) => `
  delete from ${identities} where job = ? and (hash, nth) in
    (select hash, nth from ${identities} where job = ? order by hash, nth limit ?)`
const DELETE_OUTCOMES = ({ outcomes, items }: Tables) => `
  delete from ${outcomes} where job = ? and seq in (select seq from ${items} where job = ? order by seq limit ?)`
const DELETE_ITEMS = ({ items }: Tables) => `
  delete from ${items} where job = ? and seq in (select seq from ${items} where job = ? order by seq limit ?)`
const REST_OF_JOB: readonly Sql[] = [
  ({ ranges }) => `delete from ${ranges} where job = ?`,
  ({ leases }) => `delete from ${leases} where job = ?`,
  ({ codes }) => `delete from ${codes} where job = ?`,
  ({ contents }) => `delete from ${contents} where job = ?`,
  ({ graves }) => `delete from ${graves} where job = ?`,
]
const DELETE_ANSWERS = ({ answers }: Tables) => `
  delete from ${answers} where key in (select key from ${answers} where keep_until < ? order by keep_until limit ?)`
const OLD_ANSWER = ({ answers }: Tables) => `select 1 from ${answers} where keep_until < ? limit 1`
const DELETE_MARKS = ({ marks }: Tables) => `
  delete from ${marks} where key in (select key from ${marks} where lease_until <= ? order by lease_until limit ?)`
const OLD_MARK = ({ marks }: Tables) => `select 1 from ${marks} where lease_until <= ? limit 1`
