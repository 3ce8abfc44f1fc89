import { type WaveDue, waveOfSeq } from '@broadside/core'
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

/** What nobody has claimed yet of a wave that has no instant waits for this one: no date is as late. */
const NO_INSTANT = Number.MAX_SAFE_INTEGER

/** Of the free ranges of a wave that are due, the one with the lowest `seq`. */
export function firstDueRange(db: Connection, job: number, { wave, now }: DueParams): FreeRange | undefined {
  const row = db.row<RangeTuple>(FIRST_DUE, job, wave, now)
  return row && rangeFrom(row)
}

export interface DueParams {
  readonly wave: number
  readonly now: number
}

export function rangeAround(db: Connection, job: number, seq: number): FreeRange | undefined {
  const row = db.row<RangeTuple>(AROUND, job, waveOfSeq(seq), seq)
  const range = row && rangeFrom(row)
  return range && range.firstSeq <= seq ? range : undefined
}

export function addRange(db: Connection, job: number, range: FreeRange): void {
  const { firstSeq, lastSeq, open, notBefore, maxClaim, lastToken } = range
  const bounds = [notBefore ?? null, maxClaim ?? null, toNullable(lastToken)] as const
  db.run(INSERT, job, waveOfSeq(firstSeq), lastSeq, firstSeq, open, ...bounds)
}

/** What is left of a range begins at `firstSeq` and has `open` open items; without any it is gone. */
export function shrinkRange(db: Connection, job: number, { firstSeq, lastSeq, open }: FreeRange): void {
  const wave = waveOfSeq(lastSeq)
  if (open > 0) db.run(UPDATE, firstSeq, open, job, wave, lastSeq)
  else db.run(DELETE, job, wave, lastSeq)
}

/** Adds items behind those of a wave: to what nobody has claimed of it yet or, where there is nothing of that, due at once. */
export function growRange(
  db: Connection,
  { job, firstSeq, added }: { job: number; firstSeq: number; added: number },
): void {
  const lastSeq = firstSeq + added - 1
  if (db.run(GROW, lastSeq, added, job, waveOfSeq(firstSeq)) > 0) return
  addRange(db, job, { firstSeq, lastSeq, open: added, notBefore: undefined, maxClaim: undefined, lastToken: undefined })
}

/** Moves what nobody has claimed yet of these waves to the instants given. */
export function giveInstants(db: Connection, job: number, waves: readonly WaveDue[] = []): void {
  for (const { wave, dueAt } of waves) db.run(SET_INSTANT, dueAt ?? NO_INSTANT, job, wave)
}

export interface WaveInstants {
  readonly wave: number
  /** A range of it can be claimed at the instant that was asked about. */
  readonly due: boolean
  /** The next one after that at which a range can be. */
  readonly nextAt: number | undefined
}

/** Of each wave that has free ranges, ascending. */
export function waveInstants(db: Connection, job: number, now: number): readonly WaveInstants[] {
  const rows = db.rows<[wave: number, due: number, nextAt: number | null]>(INSTANTS, now, now, NO_INSTANT, job)
  return rows.map(([wave, due, nextAt]) => ({ wave, due: due === 1, nextAt: nextAt ?? undefined }))
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
/** A range that no lease has covered is what nobody has claimed of its wave: there is one of these at most, at its end. */
const GROW = ({ ranges }: Tables) =>
  `update ${ranges} set last_seq = ?, open = open + ? where job = ? and wave = ? and last_token is null`
const SET_INSTANT = ({ ranges }: Tables) =>
  `update ${ranges} set not_before = ? where job = ? and wave = ? and last_token is null`
const INSTANTS = ({ ranges }: Tables) => `
  select wave, max(not_before is null or not_before <= ?), min(case when not_before > ? and not_before < ? then not_before end)
  from ${ranges} where job = ? group by wave order by wave`
