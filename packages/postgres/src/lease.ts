import { fromColumn, toColumn } from './column-text.js'
import { type Column, numberFrom } from './column-value.js'
import { lastSeqUpTo } from './item-seq.js'
import type { Session, Sql, Write } from './session.js'

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

export async function findLease(session: Session, job: string, token: string): Promise<Lease | undefined> {
  const row = await session.row<LeaseColumns>(FIND, job, toColumn(token))
  return row && leaseFrom(row)
}

export function addLease(job: string, lease: Lease): Write {
  const { token, covers, size, open, maxClaim, startedThrough, leaseUntil } = lease
  const place = isRange(covers) ? ([covers.firstSeq, covers.lastSeq, null] as const) : [null, null, covers.seqs]
  const bounds = [maxClaim ?? null, startedThrough, leaseUntil] as const
  return { sql: INSERT, values: [job, toColumn(token), ...place, size, open, ...bounds] }
}

/** Puts off the end of a lease and counts its items up to `startedThrough` as started; false when it is not held. */
export async function extendLease(session: Session, job: string, extension: Extension): Promise<boolean> {
  const { token, leaseUntil, startedThrough } = extension
  return (await session.run(EXTEND, job, toColumn(token), leaseUntil, lastSeqUpTo(startedThrough ?? -1))) > 0
}

export interface Extension {
  readonly token: string
  readonly leaseUntil: number
  readonly startedThrough?: number | undefined
}

/** Keeps how many items a lease still covers, and how many of them have started; without any it is gone. */
export function keepOpen(
  job: string,
  { token, open, startedThrough }: Pick<Lease, 'token' | 'open' | 'startedThrough'>,
): Write {
  if (open > 0) return { sql: KEEP, values: [job, toColumn(token), open, startedThrough] }
  return { sql: DELETE, values: [job, toColumn(token)] }
}

export interface ExpiredLease {
  readonly jobId: string
  readonly lease: Lease
}

/** In the order of their ends. */
export async function expiredLeases(
  session: Session,
  expiredAt: number,
  limit: number,
): Promise<readonly ExpiredLease[]> {
  const rows = await session.rows<[jobId: string, ...LeaseColumns]>(EXPIRED, expiredAt, limit)
  return rows.map(([jobId, ...lease]) => ({ jobId: fromColumn(jobId), lease: leaseFrom(lease) }))
}

type LeaseColumns = [
  token: string,
  firstSeq: Column,
  lastSeq: Column,
  retries: Column,
  size: string,
  open: string,
  maxClaim: Column,
  startedThrough: string,
  leaseUntil: string,
]

function leaseFrom(row: LeaseColumns): Lease {
  const [token, firstSeq, lastSeq, retries, size, open, maxClaim, startedThrough, leaseUntil] = row
  return {
    token: fromColumn(token),
    covers: retries === null ? { firstSeq: Number(firstSeq), lastSeq: Number(lastSeq) } : { seqs: JSON.parse(retries) },
    size: Number(size),
    open: Number(open),
    maxClaim: numberFrom(maxClaim),
    startedThrough: Number(startedThrough),
    leaseUntil: Number(leaseUntil),
  }
}

const COLUMNS = 'token, first_seq, last_seq, to_json(retries), size, open, max_claim, started_through, lease_until'
const FIND: Sql = (s) => `select ${COLUMNS} from ${s}.leases where job = $1 and token = $2`
const INSERT: Sql = (s) => `
  insert into ${s}.leases
    (job, token, first_seq, last_seq, retries, size, open, max_claim, started_through, lease_until)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`
const EXTEND: Sql = (s) => `
  update ${s}.leases set lease_until = $3, started_through = greatest(started_through, $4)
  where job = $1 and token = $2`
const KEEP: Sql = (s) => `
  update ${s}.leases set open = $3, started_through = $4 where job = $1 and token = $2`
const DELETE: Sql = (s) => `delete from ${s}.leases where job = $1 and token = $2`
const EXPIRED: Sql = (s) => `
  select (select id from ${s}.jobs where jobs.key = leases.job), ${COLUMNS}
  from ${s}.leases as leases where lease_until <= $1 order by lease_until limit $2`
