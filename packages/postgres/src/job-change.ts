import { type Counters, isTerminal, type JobStatus, statusAfterChange, ZERO_COUNTERS } from '@broadside/core'
import { CodeCounts } from './code-counts.js'
import type { JobRow } from './job-row.js'
import type { Session, Sql } from './session.js'
import { type ItemState, standingOf } from './standing.js'

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

export async function applyChange(
  session: Session,
  change: JobChange,
  { now, status }: ApplyOptions,
): Promise<AppliedChange> {
  const { job, counters, inFlight } = change
  const moved = status ?? job.status
  const counted = { ...job, pending: job.pending + counters.pending, inFlight: job.inFlight + inFlight }
  const next = statusAfterChange(moved, counted.pending)
  const finishedAt = next === job.status && status === undefined ? job.finishedAt : finishedAtOf(next, now)
  const { received, pending, enqueued, error, skipped, cancelled, expired, uncertain } = counters
  const deltas = [received, pending, enqueued, error, skipped, cancelled, expired, uncertain, inFlight]
  if (next !== job.status || finishedAt !== job.finishedAt || deltas.some((delta) => delta !== 0)) {
    await session.run(APPLY, job.key, next, finishedAt ?? null, ...deltas)
  }
  await change.codes.apply(session, job.key)
  return { job: { ...counted, status: next, finishedAt }, completed: next === 'completed' && next !== moved }
}

function finishedAtOf(status: JobStatus, now: number): number | undefined {
  return isTerminal(status) ? now : undefined
}

/** As long as the status stays, no index is touched. */
const APPLY: Sql = (s) => `
  update ${s}.jobs set status = $2, finished_at = $3, received = received + $4, pending = pending + $5,
    enqueued = enqueued + $6, error = error + $7, skipped = skipped + $8, cancelled = cancelled + $9,
    expired = expired + $10, uncertain = uncertain + $11, in_flight = in_flight + $12
  where key = $1`
