import type { ItemState, Settlement } from '@broadside/core'
import { fromNullable, toColumn, toNullable } from './column-text.js'
import { booleanFrom, type Column } from './column-value.js'
import type { Value } from './driver.js'
import { rowsAt } from './item-rows.js'
import { codeOfStatus, statusOfCode } from './item-status-code.js'
import type { Session, Sql } from './session.js'

/** An item, and whose word about it counts. */
export interface KnownState extends ItemState {
  readonly seq: number
  /** It was settled before, so it is in no range. */
  readonly detached: boolean
  /** The lease that settled it last, or covers it as a retry: nobody else's settle is heard. */
  readonly token: string | undefined
  /** That token has settled it. */
  readonly spent: boolean
}

export async function readStates(
  session: Session,
  job: string,
  seqs: readonly number[],
): Promise<ReadonlyMap<number, KnownState>> {
  const rows = seqs.length === 0 ? [] : await session.rows<StateColumns>(STATES, job, seqs)
  return new Map(rows.map((row) => [Number(row[0]), stateFrom(row)]))
}

/** What settlements make of an item. */
export interface WriteParams {
  readonly token: string
  /** Whether that token settles them itself: a reap that does it leaves them open to the token. */
  readonly spent: boolean
  readonly now: number
  readonly settlements: readonly Settlement[]
}

/** Settles those items of one range that were never settled before, by one statement: the hot path. Returns their `seq`s. */
export async function writeFresh(session: Session, job: string, params: WriteParams): Promise<ReadonlySet<number>> {
  if (params.settlements.length === 0) return new Set()
  const seqs = params.settlements.map(({ seq }) => seq)
  const first = seqs.reduce((least, seq) => Math.min(least, seq))
  const last = seqs.reduce((most, seq) => Math.max(most, seq))
  const rows = await session.rows<[seq: string]>(WRITE_FRESH, job, ...valuesOf(params), first, last)
  return new Set(rows.map(([seq]) => Number(seq)))
}

export async function writeOutcomes(session: Session, job: string, params: WriteParams): Promise<void> {
  if (params.settlements.length > 0) await session.run(WRITE, job, ...valuesOf(params))
}

/** The state that a settlement gives an item. */
export function stateAfter({ to, code }: Settlement): ItemState {
  return { status: to, code, held: false }
}

type StateColumns = [
  seq: string,
  status: string,
  code: Column,
  held: string,
  detached: string,
  token: Column,
  spent: string,
]

function stateFrom([seq, status, code, held, detached, token, spent]: StateColumns): KnownState {
  return {
    seq: Number(seq),
    status: statusOfCode(Number(status)),
    code: fromNullable(code),
    held: booleanFrom(held),
    detached: booleanFrom(detached),
    token: fromNullable(token),
    spent: booleanFrom(spent),
  }
}

function valuesOf(params: WriteParams): readonly Value[] {
  const { token, spent, now } = params
  return [toColumn(token), spent, now, ...outcomeLists(params)]
}

/** What `settlements` say, a list a column; of the types {@link OUTCOME_LISTS}. */
export function outcomeLists({ settlements, now }: Pick<WriteParams, 'settlements' | 'now'>): readonly Value[] {
  const dueAt = ({ to, nextAttemptAt }: Settlement) => (to === 'pending' ? (nextAttemptAt ?? now) : null)
  return [
    settlements.map(({ seq }) => seq),
    settlements.map(({ to }) => codeOfStatus(to)),
    settlements.map(({ attempts }) => attempts),
    orNone(settlements.map(dueAt)),
    orNone(settlements.map(({ channel }) => toNullable(channel))),
    orNone(settlements.map(({ receipt }) => toNullable(receipt))),
    orNone(settlements.map(({ code }) => toNullable(code))),
    orNone(settlements.map(({ reason }) => toNullable(reason))),
    orNone(settlements.map(({ trail }) => toNullable(trail))),
  ]
}

/** Next to longer lists, `unnest` takes what a list lacks as null. */
function orNone(list: readonly (string | number | null)[]): readonly (string | number | null)[] {
  return list.every((value) => value === null) ? [] : list
}

const STATES: Sql = (s) => `
  select seq, status, code, held, detached, token, spent from ${s}.items where ctid = any (${rowsAt(s, '$2')})`

const LISTS = [
  ['seq', 'bigint[]'],
  ['status', 'smallint[]'],
  ['attempts', 'integer[]'],
  ['next_attempt_at', 'float8[]'],
  ['channel', 'text[]'],
  ['receipt', 'text[]'],
  ['code', 'text[]'],
  ['reason', 'text[]'],
  ['trail', 'text[]'],
] as const
export const OUTCOME_LISTS: readonly string[] = LISTS.map(([, type]) => type)

export interface SetParams {
  /** As in {@link WriteParams}, in SQL. */
  readonly spent: string
  readonly now: string
  /** The number of the parameter that is the first of the lists. */
  readonly firstList: number
}

/** What an update of `item` sets from the lists, of which a row is called `new`; `$2` is the token. */
export function setOutcomes({ spent, now, firstList }: SetParams): string {
  return `
    detached = true, held = false, token = $2, spent = ${spent}, status = new.status, attempts = new.attempts,
    next_attempt_at = new.next_attempt_at, channel = new.channel, receipt = new.receipt, code = new.code,
    reason = new.reason, trail = new.trail, settled_at = case when new.status = 0 then null else ${now}::float8 end
    from unnest(${OUTCOME_LISTS.map((type, index) => `$${firstList + index}::${type}`).join(', ')})
      as new (${LISTS.map(([column]) => column).join(', ')})`
}

const SET_OUTCOMES = setOutcomes({ spent: '$3', now: '$4', firstList: 5 })
const WRITE: Sql = (s) => `
  update ${s}.items as item set ${SET_OUTCOMES}
  where item.ctid = any (${rowsAt(s, '$5')}) and item.seq = new.seq`
const WRITE_FRESH: Sql = (s) => `
  update ${s}.items as item set ${SET_OUTCOMES}
  where item.job = $1 and item.seq between $14 and $15 and not item.detached and item.seq = new.seq
  returning item.seq`
