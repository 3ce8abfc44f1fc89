import type { ItemState } from '@broadside/core'
import { type ColumnText, fromNullable } from './column-text.js'
import type { Connection } from './connection.js'
import { statusOfCode } from './item-status-code.js'
import type { JobRow } from './job-row.js'
import { coversFresh, leasesOf } from './lease.js'
import type { Tables } from './tables.js'

/** Tells whether an item that was never settled is covered by a lease. Only in a closed job does that change how it reads. */
export type IsFreshHeld = (seq: number) => boolean

export function freshHeldIn(db: Connection, job: JobRow): IsFreshHeld {
  if (job.closedAs === undefined) return () => false
  const leases = leasesOf(db, job.key)
  return (seq) => leases.some((lease) => coversFresh(lease, seq))
}

export interface SeqState extends ItemState {
  readonly seq: number
}

/** The states of the job's items after `after`, by `seq`. */
export function readStates(
  db: Connection,
  job: number,
  { after, limit, isFreshHeld }: StatesParams,
): readonly SeqState[] {
  return db.rows<StateTuple>(STATES, job, after, limit).map(([seq, status, code, held]) => ({
    seq,
    status: status === null ? 'pending' : statusOfCode(status),
    code: fromNullable(code),
    held: status === null ? isFreshHeld(seq) : held === 1,
  }))
}

export interface StatesParams {
  readonly after: number
  readonly limit: number
  readonly isFreshHeld: IsFreshHeld
}

type StateTuple = [seq: number, status: number | null, code: ColumnText | null, held: number | null]

const STATES = ({ items, outcomes }: Tables) => `
  select item.seq, status, code, held from ${items} as item
  left join ${outcomes} as outcome on outcome.job = item.job and outcome.seq = item.seq
  where item.job = ? and item.seq > ? order by item.seq limit ?`
