import {
  type Counters,
  type ItemState,
  type JobStatus,
  jobAfterChange,
  standingOf,
  ZERO_COUNTERS,
} from '@broadside/core'
import { CodeCounts } from './code-counts.js'
import type { JobRow } from './job-row.js'
import { completeSending } from './sending-completion.js'
import type { Session, Sql, Write } from './session.js'

/** What a call changes of a job: gathered item by item, written by one statement. */
export class JobChange {
  readonly job: JobRow
  inFlight = 0
  nextSeq: number
  readonly counters: { -readonly [name in keyof Counters]: number } = { ...ZERO_COUNTERS }
  readonly codes = new CodeCounts()
  readonly #also: Write[] = []

  constructor(job: JobRow) {
    this.job = job
    this.nextSeq = job.nextSeq
  }

  /** Other tables' part in the change. */
  also(...writes: readonly Write[]): void {
    this.#also.push(...writes)
  }

  get writes(): readonly Write[] {
    return [...this.#also, ...this.codes.writesFor(this.job.key)]
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
  const { job, counters, inFlight, nextSeq } = change
  const counted = { ...job, nextSeq, pending: job.pending + counters.pending, inFlight: job.inFlight + inFlight }
  const { completed, ...standing } = jobAfterChange({ ...counted, to: status, now })
  const after = { ...counted, ...standing }
  await session.runTogether([...change.writes, ...writesOf(change, after)])
  if (completed) await completeSending(session, after, now)
  return { job: after, completed }
}

function writesOf({ job, counters, inFlight }: JobChange, after: JobRow): readonly Write[] {
  const { received, pending, enqueued, error, skipped, cancelled, expired, uncertain } = counters
  const deltas = [received, pending, enqueued, error, skipped, cancelled, expired, uncertain, inFlight]
  const stays = after.status === job.status && after.finishedAt === job.finishedAt && after.nextSeq === job.nextSeq
  if (stays && deltas.every((delta) => delta === 0)) return []
  return [{ sql: APPLY, values: [job.key, after.status, after.finishedAt ?? null, after.nextSeq, ...deltas] }]
}

/** As long as the status stays, no index is touched. */
const APPLY: Sql = (s) => `
  update ${s}.jobs set status = $2, finished_at = $3, next_seq = $4, received = received + $5, pending = pending + $6,
    enqueued = enqueued + $7, error = error + $8, skipped = skipped + $9, cancelled = cancelled + $10,
    expired = expired + $11, uncertain = uncertain + $12, in_flight = in_flight + $13
  where key = $1`
