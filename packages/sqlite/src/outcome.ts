import type { ItemState, Settlement } from '@broadside/core'
import { type ColumnText, fromNullable, toColumn, toNullable } from './column-text.js'
import type { Connection } from './connection.js'
import type { ColumnValue } from './driver.js'
import { codeOfStatus, statusOfCode } from './item-status-code.js'
import { insertSeveral, severalRows } from './several-rows.js'
import type { Tables } from './tables.js'

/** What became of an item, once a lease has settled it. */
export interface Outcome extends ItemState {
  readonly attempts: number
  /** Set while it is open: when it is to be tried again. */
  readonly nextAttemptAt: number | undefined
  /** The lease that covers it or did so last: nobody else's settle is heard. */
  readonly token: string | undefined
  /** That token has settled it. */
  readonly spent: boolean
  readonly channel: string | undefined
  readonly receipt: string | undefined
  readonly reason: string | undefined
  readonly trail: string | undefined
  readonly settledAt: number | undefined
}

export interface SettledBy {
  readonly token: string
  readonly spent: boolean
  readonly now: number
}

/** What a settlement makes of an item. */
export function outcomeOf(settlement: Settlement, { token, spent, now }: SettledBy): Outcome {
  const { to, attempts, nextAttemptAt, channel, receipt, code, reason, trail } = settlement
  const open = to === 'pending'
  return {
    status: to,
    attempts,
    nextAttemptAt: open ? (nextAttemptAt ?? now) : undefined,
    held: false,
    token,
    spent,
    channel,
    receipt,
    code,
    reason,
    trail,
    settledAt: open ? undefined : now,
  }
}

export function findOutcome(db: Connection, job: number, seq: number): Outcome | undefined {
  const row = db.row<OutcomeTuple>(FIND, job, seq)
  return row && outcomeFrom(row)
}

/** Stores an item's first outcome; false when it has one. */
export function insertOutcome(db: Connection, item: ItemKey, outcome: Outcome): boolean {
  return db.run(INSERT, item.job, item.seq, ...columnsOf(outcome)) > 0
}

/** What {@link SEVERAL} items that were sent have in common. */
export interface SentAlike extends Pick<SettledBy, 'token' | 'now'> {
  readonly attempts: number
  readonly channel: string | undefined
}

/** Stores the first outcomes of {@link SEVERAL} items that were sent; false, and nothing is stored, when one of them has an outcome. */
export function insertSent(db: Connection, job: number, sent: SentAlike, items: readonly Settlement[]): boolean {
  const { attempts, token, channel, now } = sent
  const params: ColumnValue[] = [job, codeOfStatus('enqueued'), attempts, toColumn(token), toNullable(channel), now]
  for (const { seq, receipt } of items) params.push(seq, toNullable(receipt))
  return insertSeveral(db, INSERT_SENT, params)
}

/** Stores an outcome in place of the one before, if there was one. */
export function writeOutcome(db: Connection, item: ItemKey, outcome: Outcome): void {
  db.run(WRITE, item.job, item.seq, ...columnsOf(outcome))
}

export interface ItemKey {
  readonly job: number
  readonly seq: number
}

/** The columns of {@link OutcomeTuple}, for statements that join them to an item. */
export const OUTCOME_COLUMNS =
  'status, attempts, next_attempt_at, held, token, spent, channel, receipt, code, reason, trail, settled_at'

export type OutcomeTuple = [
  status: number,
  attempts: number,
  nextAttemptAt: number | null,
  held: number,
  token: ColumnText | null,
  spent: number,
  channel: ColumnText | null,
  receipt: ColumnText | null,
  code: ColumnText | null,
  reason: ColumnText | null,
  trail: ColumnText | null,
  settledAt: number | null,
]

export function outcomeFrom(row: OutcomeTuple): Outcome {
  const [status, attempts, nextAttemptAt, held, token, spent, channel, receipt, code, reason, trail, settledAt] = row
  return {
    status: statusOfCode(status),
    attempts,
    nextAttemptAt: nextAttemptAt ?? undefined,
    held: held === 1,
    token: fromNullable(token),
    spent: spent === 1,
    channel: fromNullable(channel),
    receipt: fromNullable(receipt),
    code: fromNullable(code),
    reason: fromNullable(reason),
    trail: fromNullable(trail),
    settledAt: settledAt ?? undefined,
  }
}

function columnsOf(outcome: Outcome): ColumnValue[] {
  return [
    codeOfStatus(outcome.status),
    outcome.attempts,
    outcome.nextAttemptAt ?? null,
    outcome.held ? 1 : 0,
    toNullable(outcome.token),
    outcome.spent ? 1 : 0,
    toNullable(outcome.channel),
    toNullable(outcome.receipt),
    toNullable(outcome.code),
    toNullable(outcome.reason),
    toNullable(outcome.trail),
    outcome.settledAt ?? null,
  ]
}

const FIND = ({ outcomes }: Tables) => `select ${OUTCOME_COLUMNS} from ${outcomes} where job = ? and seq = ?`
const VALUES = 'values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'
const INSERT = ({ outcomes }: Tables) =>
  `insert into ${outcomes} (job, seq, ${OUTCOME_COLUMNS}) ${VALUES} on conflict (job, seq) do nothing`
const INSERT_SENT = ({ outcomes }: Tables) => `
  insert into ${outcomes} (job, status, attempts, held, token, spent, channel, settled_at, seq, receipt)
  select ?, ?, ?, 0, ?, 1, ?, ?, several.column1, several.column2 from ${severalRows(2)}`
const WRITE = ({ outcomes }: Tables) => `insert or replace into ${outcomes} (job, seq, ${OUTCOME_COLUMNS}) ${VALUES}`
