import { type ColumnText, fromColumn, toColumn } from './column-text.js'
import type { Connection } from './connection.js'
import type { Tables } from './tables.js'

/** A lease that has not ended. It covers a range of items that were never settled, or an explicit set of retries. */
export interface Lease {
  readonly token: string
  readonly covers: Range | Retries
  /** How many items it was handed out with. */
  readonly size: number
  /** How many of them it still covers: at least one. */
  readonly open: number
  /** The bound that its range had come with, kept for the case that it is given back. */
  readonly maxClaim: number | undefined
  /** Items up to this `seq` count as started; -1 while none does. */
  readonly startedThrough: number
  readonly leaseUntil: number
}

export interface Range {
  readonly firstSeq: number
  readonly lastSeq: number
}

export interface Retries {
  /** Ascending. */
  readonly seqs: readonly number[]
}

export function isRange(covers: Range | Retries): covers is Range {
  return 'firstSeq' in covers
}

/** Whether a lease covers the item if it was never settled. */
export function coversFresh({ covers }: Lease, seq: number): boolean {
  return isRange(covers) && covers.firstSeq <= seq && seq <= covers.lastSeq
}

export function findLease(db: Connection, job: number, token: string): Lease | undefined {
  const row = db.row<LeaseTuple>(FIND, job, toColumn(token))
  return row && leaseFrom(row)
}

export function leasesOf(db: Connection, job: number): readonly Lease[] {
  return db.rows<LeaseTuple>(OF_JOB, job).map(leaseFrom)
}

export function addLease(db: Connection, job: number, lease: Lease): void {
  const { token, covers, size, open, maxClaim, startedThrough, leaseUntil } = lease
  const range = isRange(covers)
  const place = range ? [covers.firstSeq, covers.lastSeq, null] : [null, null, JSON.stringify(covers.seqs)]
  db.run(INSERT, job, toColumn(token), ...place, size, open, maxClaim ?? null, startedThrough, leaseUntil)
}

/** Counts the items of a lease up to `startedThrough` as started; never moves back. */
export function markStarted(db: Connection, job: number, { token, startedThrough }: StartedParams): void {
  if (startedThrough !== undefined) db.run(MARK_STARTED, startedThrough, job, toColumn(token))
}

export interface StartedParams {
  readonly token: string
  readonly startedThrough?: number | undefined
}

export function putOffEnd(
  db: Connection,
  job: number,
  { token, leaseUntil }: Pick<Lease, 'token' | 'leaseUntil'>,
): void {
  db.run(PUT_OFF, leaseUntil, job, toColumn(token))
}

/** Keeps how many items a lease still covers; without any it is gone. True while it is held. */
export function keepOpen(db: Connection, job: number, { token, open }: Pick<Lease, 'token' | 'open'>): boolean {
  if (open > 0) db.run(SET_OPEN, open, job, toColumn(token))
  else db.run(DELETE, job, toColumn(token))
  return open > 0
}

/** The next instant after `now` at which a lease of any job runs out. */
export function nextLeaseEnd(db: Connection, now: number): number | undefined {
  return db.row<[number]>(NEXT_END, now)?.[0]
}

export interface ExpiredLease {
  readonly jobId: string
  readonly token: string
}

/** In the order of their ends. */
export function expiredLeases(db: Connection, expiredAt: number, limit: number): readonly ExpiredLease[] {
  const rows = db.rows<[jobId: ColumnText, token: ColumnText]>(EXPIRED, expiredAt, limit)
  return rows.map(([jobId, token]) => ({ jobId: fromColumn(jobId), token: fromColumn(token) }))
}

type LeaseTuple = [
  token: ColumnText,
  firstSeq: number,
  lastSeq: number,
  retries: string | null,
  size: number,
  open: number,
  maxClaim: number | null,
  startedThrough: number,
  leaseUntil: number,
]

function leaseFrom(row: LeaseTuple): Lease {
  const [token, firstSeq, lastSeq, retries, size, open, maxClaim, startedThrough, leaseUntil] = row
  const covers = retries === null ? { firstSeq, lastSeq } : { seqs: JSON.parse(retries) }
  return { token: fromColumn(token), covers, size, open, maxClaim: maxClaim ?? undefined, startedThrough, leaseUntil }
}

const COLUMNS = 'token, first_seq, last_seq, retries, size, open, max_claim, started_through, lease_until'
const FIND = ({ leases }: Tables) => `select ${COLUMNS} from ${leases} where job = ? and token = ?`
const OF_JOB = ({ leases }: Tables) => `select ${COLUMNS} from ${leases} where job = ?`
const INSERT = ({ leases }: Tables) => `insert into ${leases} (job, ${COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
const MARK_STARTED = ({ leases }: Tables) =>
  `update ${leases} set started_through = max(started_through, ?) where job = ? and token = ?`
const PUT_OFF = ({ leases }: Tables) => `update ${leases} set lease_until = ? where job = ? and token = ?`
const SET_OPEN = ({ leases }: Tables) => `update ${leases} set open = ? where job = ? and token = ?`
const DELETE = ({ leases }: Tables) => `delete from ${leases} where job = ? and token = ?`
const NEXT_END = ({ leases }: Tables) =>
  `select lease_until from ${leases} where lease_until > ? order by lease_until limit 1`
const EXPIRED = ({ leases, jobs }: Tables) => `
  select jobs.id, leases.token from ${leases} as leases join ${jobs} as jobs on jobs.key = leases.job
  where leases.lease_until <= ? order by leases.lease_until limit ?`
