import { type ColumnText, fromNullable, toNullable } from './column-text.js'
import type { Connection } from './connection.js'
import type { Tables } from './tables.js'

/**
 * Items that no lease covers and none has settled, from `firstSeq` to `lastSeq`; of a range that came back, some may have
 * been settled. The part of a job that was never claimed is such a range too: its `firstSeq` is the job's cursor.
 */
export interface FreeRange {
  readonly firstSeq: number
  readonly lastSeq: number
  /** How many of its items are open. */
  readonly open: number
  /** Not claimable before this instant. */
  readonly notBefore: number | undefined
  /** The most that one claim takes of it, after its lease was reaped. */
  readonly maxClaim: number | undefined
  /** The last lease that covered it: its token may still settle what nobody has claimed since. */
  readonly lastToken: string | undefined
}

/** There is one wave until the capability for waves joins the contract. */
const WAVE = 0

/** The free range with the lowest `seq` of those that are due. */
export function firstDueRange(db: Connection, job: number, now: number): FreeRange | undefined {
  const row = db.row<RangeTuple>(FIRST_DUE, job, WAVE, now)
  return row && rangeFrom(row)
}

export function rangeAround(db: Connection, job: number, seq: number): FreeRange | undefined {
  const row = db.row<RangeTuple>(AROUND, job, WAVE, seq)
  const range = row && rangeFrom(row)
  return range && range.firstSeq <= seq ? range : undefined
}

export function addRange(db: Connection, job: number, range: FreeRange): void {
  const { firstSeq, lastSeq, open, notBefore, maxClaim, lastToken } = range
  db.run(INSERT, job, WAVE, lastSeq, firstSeq, open, notBefore ?? null, maxClaim ?? null, toNullable(lastToken))
}

/** What is left of a range begins at `firstSeq` and has `open` open items; without any it is gone. */
export function shrinkRange(db: Connection, job: number, { firstSeq, lastSeq, open }: FreeRange): void {
  if (open > 0) db.run(UPDATE, firstSeq, open, job, WAVE, lastSeq)
  else db.run(DELETE, job, WAVE, lastSeq)
}

/** Adds items behind those of a job that was never run: it has one range, or none yet. */
export function growRange(
  db: Connection,
  { job, firstSeq, added }: { job: number; firstSeq: number; added: number },
): void {
  const lastSeq = firstSeq + added - 1
  if (db.run(GROW, lastSeq, added, job, WAVE) > 0) return
  addRange(db, job, { firstSeq, lastSeq, open: added, notBefore: undefined, maxClaim: undefined, lastToken: undefined })
}

export interface RangeInstants {
  /** A range can be claimed at the instant that was asked about. */
  readonly due: boolean
  /** The next one after that at which a range can be. */
  readonly nextAt: number | undefined
}

export function rangeInstants(db: Connection, job: number, now: number): RangeInstants {
  const [due, nextAt] = db.row<[number | null, number | null]>(INSTANTS, now, now, job, WAVE) ?? [null, null]
  return { due: due === 1, nextAt: nextAt ?? undefined }
}

type RangeTuple = [
  firstSeq: number,
  lastSeq: number,
  open: number,
  notBefore: number | null,
  maxClaim: number | null,
  lastToken: ColumnText | null,
]

function rangeFrom([firstSeq, lastSeq, open, notBefore, maxClaim, lastToken]: RangeTuple): FreeRange {
  const bounds = { notBefore: notBefore ?? undefined, maxClaim: maxClaim ?? undefined }
  return { firstSeq, lastSeq, open, ...bounds, lastToken: fromNullable(lastToken) }
}

const COLUMNS = 'first_seq, last_seq, open, not_before, max_claim, last_token'
const FIRST_DUE = ({ ranges }: Tables) => `
  select ${COLUMNS} from ${ranges} where job = ? and wave = ? and (not_before is null or not_before <= ?)
  order by last_seq limit 1`
const AROUND = ({ ranges }: Tables) =>
  `select ${COLUMNS} from ${ranges} where job = ? and wave = ? and last_seq >= ? order by last_seq limit 1`
const INSERT = ({ ranges }: Tables) => `
  insert into ${ranges} (job, wave, last_seq, first_seq, open, not_before, max_claim, last_token)
  values (?, ?, ?, ?, ?, ?, ?, ?)`
const UPDATE = ({ ranges }: Tables) =>
  `update ${ranges} set first_seq = ?, open = ? where job = ? and wave = ? and last_seq = ?`
const DELETE = ({ ranges }: Tables) => `delete from ${ranges} where job = ? and wave = ? and last_seq = ?`
const GROW = ({ ranges }: Tables) => `update ${ranges} set last_seq = ?, open = open + ? where job = ? and wave = ?`
const INSTANTS = ({ ranges }: Tables) => `
  select max(not_before is null or not_before <= ?), min(case when not_before > ? then not_before end)
  from ${ranges} where job = ? and wave = ?`
