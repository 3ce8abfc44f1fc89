import { FRESH_FREE, FRESH_HELD, type ItemRecord, type ItemState, isClosedWithJob, standingOf } from '@broadside/core'
import { type ColumnText, fromColumn } from './column-text.js'
import type { Connection } from './connection.js'
import type { IsFreshHeld } from './item-states.js'
import type { JobRow } from './job-row.js'
import { OUTCOME_COLUMNS, type Outcome, type OutcomeTuple, outcomeFrom } from './outcome.js'
import type { Tables } from './tables.js'

export interface ReadItemParams {
  readonly seq: number
  readonly isFreshHeld: IsFreshHeld
}

/** An item as it is read back. */
export function readItem(db: Connection, job: JobRow, { seq, isFreshHeld }: ReadItemParams): ItemRecord {
  const row = db.row<RecordTuple>(READ, job.key, seq)
  if (row === undefined) throw new Error(`item ${seq} of job ${job.id} is missing`)
  const [recipient, messageId, payload, ...columns] = row
  const outcome = hasOutcome(columns) ? outcomeFrom(columns) : undefined
  const state = outcome ?? (isFreshHeld(seq) ? FRESH_HELD : FRESH_FREE)
  return {
    seq,
    recipient: fromColumn(recipient),
    messageId: fromColumn(messageId),
    payload: fromColumn(payload),
    attempts: outcome?.attempts ?? 0,
    trail: outcome?.trail,
    ...standingOf(job, state),
    channel: outcome?.channel,
    receipt: outcome?.receipt,
    ...endOf(job, state, outcome),
  }
}

/** What closing with its job takes away from an open item, and gives it. */
function endOf(job: JobRow, state: ItemState, outcome: Outcome | undefined) {
  if (isClosedWithJob(job, state)) return { nextAttemptAt: undefined, reason: undefined, settledAt: job.finishedAt }
  return { nextAttemptAt: outcome?.nextAttemptAt, reason: outcome?.reason, settledAt: outcome?.settledAt }
}

type RecordTuple = [recipient: ColumnText, messageId: ColumnText, payload: ColumnText, ...outcome: JoinedOutcome]

/** An item that was never settled has no outcome: its columns are all null. */
type JoinedOutcome = OutcomeTuple | [status: null, ...null[]]

function hasOutcome(columns: JoinedOutcome): columns is OutcomeTuple {
  return columns[0] !== null
}

const READ = ({ items, outcomes }: Tables) => `
  select recipient, message_id, payload, ${OUTCOME_COLUMNS} from ${items} as item
  left join ${outcomes} as outcome on outcome.job = item.job and outcome.seq = item.seq
  where item.job = ? and item.seq = ?`
