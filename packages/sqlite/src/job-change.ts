import {
  type Counters,
  type ItemState,
  type JobStatus,
  jobAfterChange,
  standingOf,
  ZERO_COUNTERS,
} from '@broadside/core'
import { CodeCounts } from './code-counts.js'
import type { Connection } from './connection.js'
import type { JobRow } from './job-row.js'
import { completeSending } from './sending-completion.js'
import type { Tables } from './tables.js'

/** What a call changes of a job: gathered item by item, written by one update. */
export class JobChange {
  readonly job: JobRow
  inFlight = 0
  readonly counters: { -readonly [name in keyof Counters]: number } = { ...ZERO_COUNTERS }
  readonly codes = new CodeCounts()

  constructor(job: JobRow) {
    this.job = job
  }

  /** Counts `number` items as what they read as; fewer than none takes them out. */
  count(item: ItemState, number = 1): void {
    const standing = standingOf(this.job, item)
    this.counters[standing.status] += number
    this.codes.add(standing, number)
  }
}

export interface ApplyOptions {
  readonly now: number
  /** The status that the call moves the job to, if it does. */
  readonly status?: JobStatus | undefined
}

export interface AppliedChange {
  /** The job as it stands from now on. */
  readonly job: JobRow
  /** True when the change has completed it. */
  readonly completed: boolean
}

export function applyChange(db: Connection, change: JobChange, { now, status }: ApplyOptions): AppliedChange {
  const { job, counters, inFlight } = change
  const { received, pending, enqueued, error, skipped, cancelled, expired, uncertain } = counters
  const deltas = [received, pending, enqueued, error, skipped, cancelled, expired, uncertain, inFlight] as const
  if (deltas.some((delta) => delta !== 0)) db.run(ADD, ...deltas, job.key)
  change.codes.apply(db, job.key)
  const counted = { ...job, received: job.received + received, pending: job.pending + pending }
  const { completed, ...standing } = jobAfterChange({ ...counted, to: status, now })
  const moves = status !== undefined || standing.status !== job.status
  if (moves) db.run(SET_STATUS, standing.status, standing.finishedAt ?? null, job.key)
  if (completed) completeSending(db, { ...counted, ...standing }, now)
  return { job: { ...counted, ...standing, inFlight: job.inFlight + inFlight }, completed }
}

const ADD = ({ jobs }: Tables) => `
  update ${jobs} set received = received + ?, pending = pending + ?, enqueued = enqueued + ?, error = error + ?,
    skipped = skipped + ?, cancelled = cancelled + ?, expired = expired + ?, uncertain = uncertain + ?,
    in_flight = in_flight + ?
  where key = ?`
/** Apart from the counts: it is rare, and it touches an index. */
const SET_STATUS = ({ jobs }: Tables) => `update ${jobs} set status = ?, finished_at = ? where key = ?`
