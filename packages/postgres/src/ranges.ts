import { fromNullable, toColumn, toNullable } from './column-text.js'
import { type Column, numberFrom } from './column-value.js'
import type { Session, Sql, Write } from './session.js'

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
export const WAVE = 0

/** The free range with the lowest `seq` of those that are due. */
export async function firstDueRange(session: Session, job: string, now: number): Promise<FreeRange | undefined> {
  const row = await session.row<RangeColumns>(FIRST_DUE, job, WAVE, now)
  return row && rangeFrom(row)
}

/** The free ranges that a lease has left behind. */
export async function rangesLeftBy(session: Session, job: string, token: string): Promise<readonly FreeRange[]> {
  return (await session.rows<RangeColumns>(LEFT_BY, job, WAVE, toColumn(token))).map(rangeFrom)
}

export function addRange(job: string, range: FreeRange): Write {
  const { firstSeq, lastSeq, open, notBefore, maxClaim, lastToken } = range
  const bounds = [notBefore ?? null, maxClaim ?? null, toNullable(lastToken)] as const
  return { sql: INSERT, values: [job, WAVE, lastSeq, firstSeq, open, ...bounds] }
}

/** What is left of a range begins at `firstSeq` and has `open` open items; without any it is gone. */
export function shrinkRange(job: string, { firstSeq, lastSeq, open }: FreeRange): Write {
  if (open > 0) return { sql: UPDATE, values: [job, WAVE, lastSeq, firstSeq, open] }
  return { sql: DELETE, values: [job, WAVE, lastSeq] }
}

/** A range that was never claimed. */
export function newRange(part: Pick<FreeRange, 'firstSeq' | 'lastSeq' | 'open'>): FreeRange {
  return { ...part, notBefore: undefined, maxClaim: undefined, lastToken: undefined }
}

export interface Growth {
  /** Where the range has ended so far. */
  readonly from: number
  readonly lastSeq: number
  readonly added: number
}

/**
 * Adds items to the one range that a job has before it is run. It is found by its whole key: each ingest leaves an index entry of the job's
 * behind that is dead, and a statement that writes to the page where it has met them does not clear them away.
 */
export function growRange(job: string, { from, lastSeq, added }: Growth): Write {
  return { sql: GROW, values: [job, WAVE, from, lastSeq, added] }
}

type RangeColumns = [
  firstSeq: string,
  lastSeq: string,
  open: string,
  notBefore: Column,
  maxClaim: Column,
  lastToken: Column,
]

function rangeFrom([firstSeq, lastSeq, open, notBefore, maxClaim, lastToken]: RangeColumns): FreeRange {
  return {
    firstSeq: Number(firstSeq),
    lastSeq: Number(lastSeq),
    open: Number(open),
    notBefore: numberFrom(notBefore),
    maxClaim: numberFrom(maxClaim),
    lastToken: fromNullable(lastToken),
  }
}

const COLUMNS = 'first_seq, last_seq, open, not_before, max_claim, last_token'
const FIRST_DUE: Sql = (s) => `
  select ${COLUMNS} from ${s}.ranges where job = $1 and wave = $2 and (not_before is null or not_before <= $3)
  order by last_seq limit 1`
const LEFT_BY: Sql = (s) => `select ${COLUMNS} from ${s}.ranges where job = $1 and wave = $2 and last_token = $3`
const INSERT: Sql = (s) => `
  insert into ${s}.ranges (job, wave, last_seq, first_seq, open, not_before, max_claim, last_token)
  values ($1, $2, $3, $4, $5, $6, $7, $8)`
const UPDATE: Sql = (s) =>
  `update ${s}.ranges set first_seq = $4, open = $5 where job = $1 and wave = $2 and last_seq = $3`
const DELETE: Sql = (s) => `delete from ${s}.ranges where job = $1 and wave = $2 and last_seq = $3`
const GROW: Sql = (s) =>
  `update ${s}.ranges set last_seq = $4, open = open + $5 where job = $1 and wave = $2 and last_seq = $3`
