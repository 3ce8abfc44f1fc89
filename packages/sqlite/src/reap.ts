import {
  boundAfterReap,
  type ClaimedItem,
  FRESH_HELD,
  type JobRecord,
  type ReapedLease,
  type ReapParams,
} from '@broadside/core'
import type { Connection } from './connection.js'
import { readClaimed, readFresh } from './item-reading.js'
import { applyChange, JobChange } from './job-change.js'
import { recordOf } from './job-record.js'
import { requireJob } from './job-row.js'
import { type ExpiredLease, expiredLeases, findLease, isRange, type Lease, type Retries } from './lease.js'
import { findOutcome, outcomeOf, writeOutcome } from './outcome.js'
import { releaseLease } from './release-lease.js'
import { forEachInSteps, type Steps } from './steps.js'

export function* reap(db: Connection, params: ReapParams): Steps<readonly ReapedLease[]> {
  const reaped: ReapedLease[] = []
  const records = new Map<string, JobRecord>()
  for (const expired of expiredLeases(db, params.expiredAt, params.limit)) {
    reaped.push(yield* reapLease(db, expired, { ...params, records }))
    yield
  }
  return reaped
}

interface ReapLeaseParams extends ReapParams {
  /** The jobs as `decide` sees them, read once a call. */
  readonly records: Map<string, JobRecord>
}

function* reapLease(db: Connection, { jobId, token }: ExpiredLease, params: ReapLeaseParams): Steps<ReapedLease> {
  const change = new JobChange(requireJob(db, jobId))
  const lease = findLease(db, change.job.key, token)
  if (!lease) throw new Error(`the lease ${token} of job ${jobId} is missing`)
  const started = yield* settleStarted(db, { lease, change, params })
  const unstarted = lease.open - started
  change.inFlight -= started
  yield* releaseLease(db, {
    lease: { ...lease, open: unstarted },
    change,
    notBefore: undefined,
    maxClaim: boundAfterReap(lease.size),
    fromSeq: lease.startedThrough + 1,
  })
  const { completed } = applyChange(db, change, { now: params.now })
  return { jobId, token, unstarted, started, completed }
}

interface StartedParams {
  readonly lease: Lease
  readonly change: JobChange
  readonly params: ReapLeaseParams
}

/** Settles what had started as `decide` says. It stays open to its token where it stays open: that one may have sent it. */
function* settleStarted(db: Connection, { lease, change, params }: StartedParams): Steps<number> {
  const { decide, now, records } = params
  const items = yield* startedItems(db, change.job.key, lease)
  yield* forEachInSteps(items, (item) => {
    const record = records.get(change.job.id) ?? recordOf(db, change.job)
    records.set(change.job.id, record)
    const key = { job: change.job.key, seq: item.seq }
    const before = findOutcome(db, key.job, key.seq) ?? FRESH_HELD
    const outcome = outcomeOf(decide(item, record), { token: lease.token, spent: false, now })
    writeOutcome(db, key, outcome)
    change.count(before, -1)
    change.count(outcome)
  })
  return items.length
}

function startedItems(
  db: Connection,
  job: number,
  { covers, startedThrough, open, token }: Lease,
): Steps<ClaimedItem[]> {
  if (!isRange(covers)) return startedRetries(db, job, { ...covers, startedThrough, token })
  return readFresh(db, job, {
    firstSeq: covers.firstSeq,
    lastSeq: Math.min(covers.lastSeq, startedThrough),
    limit: open,
    isUntouched: false,
  })
}

interface StartedRetriesParams extends Retries {
  readonly startedThrough: number
  readonly token: string
}

function* startedRetries(db: Connection, job: number, params: StartedRetriesParams): Steps<ClaimedItem[]> {
  const started = params.seqs.filter((seq) => seq <= params.startedThrough)
  const items: ClaimedItem[] = []
  yield* forEachInSteps(started, (seq) => {
    const outcome = findOutcome(db, job, seq)
    if (outcome?.held && outcome.token === params.token) items.push(readClaimed(db, job, { seq, outcome }))
  })
  return items
}
