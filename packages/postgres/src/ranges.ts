import { type WaveDue, waveOfSeq } from '@broadside/core'
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

/** What nobody has claimed yet of a wave that has no instant waits for this one. */
const NO_INSTANT = Number.POSITIVE_INFINITY

/** Of the free ranges of a wave that are due, the one with the lowest `seq`. */
export async function firstDueRange(
  session: Session,
  job: string,
  { wave, now }: { readonly wave: number; readonly now: number },
): Promise<FreeRange | undefined> {
  const row = await session.row<RangeColumns>(FIRST_DUE, job, wave, now)
  return row && rangeFrom(row)
}

/** The free ranges that a lease has left behind. */
export async function rangesLeftBy(session: Session, job: string, token: string): Promise<readonly FreeRange[]> {
  return (await session.rows<RangeColumns>(LEFT_BY, job, toColumn(token))).map(rangeFrom)
}

export function addRange(job: string, range: FreeRange): Write {
  const { firstSeq, lastSeq, open, notBefore, maxClaim, lastToken } = range
  const bounds = [notBefore ?? null, maxClaim ?? null, toNullable(lastToken)] as const
  return { sql: INSERT, values: [job, waveOfSeq(lastSeq), lastSeq, firstSeq, open, ...bounds] }
}

/** What is left of a range begins at `firstSeq` and has `open` open items; without any it is gone. */
export function shrinkRange(job: string, { firstSeq, lastSeq, open }: FreeRange): Write {
  const wave = waveOfSeq(lastSeq)
  if (open > 0) return { sql: UPDATE, values: [job, wave, lastSeq, firstSeq, open] }
  return { sql: DELETE, values: [job, wave, lastSeq] }
}

/** Items that were added to the end of a wave. */
export interface Growth {
  readonly wave: number
  readonly firstSeq: number
  readonly lastSeq: number
  readonly added: number
  /** Where the range has ended so far that nobody has claimed of the wave; without one it is begun. */
  readonly from: number | undefined
  /** When the whole of that range is due from now on; as before without a word, a new one at once. */
  readonly due: WaveDue | undefined
}

/**
 * Adds items to what nobody has claimed of their waves. That is found by its whole key: each ingest leaves an index entry of the job's behind
 * that is dead, and a statement that writes to the page where it has met them does not clear them away.
 */
export function growRanges(job: string, growths: readonly Growth[]): readonly Write[] {
  const [only] = growths
  if (only && growths.length === 1 && only.due === undefined) return [growRange(job, only)]
  const [longer, begun] = [
    growths.filter(({ from }) => from !== undefined),
    growths.filter(({ from }) => from === undefined),
  ]
  const writes = [
    { sql: GROW_EACH, growths: longer, firsts: longer.map(({ from = -1 }) => from) },
    { sql: BEGIN_EACH, growths: begun, firsts: begun.map(({ firstSeq }) => firstSeq) },
  ]
  return writes
    .filter(({ firsts }) => firsts.length > 0)
    .map(({ sql, growths: grown, firsts }) => ({ sql, values: [job, firsts, ...growthLists(grown)] }))
}

/** Of a single wave, as of every plain job: takes less to plan. */
function growRange(job: string, { wave, firstSeq, lastSeq, added, from }: Growth): Write {
  if (from !== undefined) return { sql: GROW, values: [job, wave, from, lastSeq, added] }
  return addRange(job, {
    firstSeq,
    lastSeq,
    open: added,
    notBefore: undefined,
    maxClaim: undefined,
    lastToken: undefined,
  })
}

function growthLists(growths: readonly Growth[]) {
  return [
    growths.map(({ wave }) => wave),
    growths.map(({ lastSeq }) => lastSeq),
    growths.map(({ added }) => added),
    growths.map(({ due }) => due !== undefined),
    growths.map(({ due }) => due?.dueAt ?? NO_INSTANT),
  ]
}

/** Moves what nobody has claimed yet of these waves to the instants given. */
export function giveInstants(job: string, waves: readonly WaveDue[]): readonly Write[] {
  if (waves.length === 0) return []
  const instants = waves.map(({ dueAt }) => dueAt ?? NO_INSTANT)
  return [{ sql: GIVE_INSTANTS, values: [job, waves.map(({ wave }) => wave), instants] }]
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
const LEFT_BY: Sql = (s) => `select ${COLUMNS} from ${s}.ranges where job = $1 and last_token = $2`
const INSERT: Sql = (s) => `
  insert into ${s}.ranges (job, wave, last_seq, first_seq, open, not_before, max_claim, last_token)
  values ($1, $2, $3, $4, $5, $6, $7, $8)`
const UPDATE: Sql = (s) =>
  `update ${s}.ranges set first_seq = $4, open = $5 where job = $1 and wave = $2 and last_seq = $3`
const DELETE: Sql = (s) => `delete from ${s}.ranges where job = $1 and wave = $2 and last_seq = $3`
const GROW: Sql = (s) =>
  `update ${s}.ranges set last_seq = $4, open = open + $5 where job = $1 and wave = $2 and last_seq = $3`
const GROW_EACH: Sql = (s) => `
  update ${s}.ranges as range
  set last_seq = grown.last_seq, open = range.open + grown.added,
    not_before = case when grown.moves then grown.not_before else range.not_before end
  from unnest($2::bigint[], $3::integer[], $4::bigint[], $5::bigint[], $6::boolean[], $7::float8[])
    as grown (from_seq, wave, last_seq, added, moves, not_before)
  where range.ctid = any (array(
      select (select ctid from ${s}.ranges where job = $1 and ranges.wave = wanted.wave and ranges.last_seq = wanted.last_seq)
      from unnest($3::integer[], $2::bigint[]) as wanted (wave, last_seq)
    )) and range.last_seq = grown.from_seq`
const BEGIN_EACH: Sql = (s) => `
  insert into ${s}.ranges (job, wave, last_seq, first_seq, open, not_before)
  select $1, wave, last_seq, first_seq, added, case when moves then not_before end
  from unnest($2::bigint[], $3::integer[], $4::bigint[], $5::bigint[], $6::boolean[], $7::float8[])
    as begun (first_seq, wave, last_seq, added, moves, not_before)`
/** A range that no lease has covered is what nobody has claimed of its wave: there is one of these at most, at its end. */
const GIVE_INSTANTS: Sql = (s) => `
  update ${s}.ranges as range set not_before = given.not_before
  from unnest($2::integer[], $3::float8[]) as given (wave, not_before)
  where range.job = $1 and range.wave = given.wave and range.last_token is null`
