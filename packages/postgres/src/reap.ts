import {
  boundAfterReap,
  type ClaimedItem,
  FRESH_HELD,
  type JobRecord,
  type ReapedLease,
  type ReapParams,
  type Settlement,
} from '@broadside/core'
import { readFresh } from './item-reading.js'
import { applyChange, JobChange } from './job-change.js'
import { recordOf } from './job-record.js'
import { type JobRow, lockJob } from './job-row.js'
import { type ExpiredLease, expiredLeases, isRange, type Lease } from './lease.js'
import { readStates, stateAfter, writeOutcomes } from './outcomes.js'
import { releaseLease } from './release-lease.js'
import { readHeld } from './retries.js'
import type { Session, Sql } from './session.js'

export async function reap(session: Session, params: ReapParams): Promise<readonly ReapedLease[]> {
  const { expiredAt, limit } = params
  if ((await expiredLeases(session, expiredAt, 1)).length === 0) return []
  await session.rows(LOCK_REAPERS)
  const jobs = new Map<string, ReapedJob>()
  const expired = await lockExpired(session, { expiredAt, limit, jobs })
  const reaped: ReapedLease[] = []
  for (const { jobId, lease } of expired) {
    const job = jobs.get(jobId)
    if (job) reaped.push(await reapLease(session, job, { lease, params }))
  }
  return reaped
}

/** A job of which leases are reaped. */
interface ReapedJob {
  /** As it stands after what was reaped so far. */
  row: JobRow
  /** As `decide` sees it. */
  readonly record: JobRecord
}

interface LockParams extends Pick<ReapParams, 'expiredAt' | 'limit'> {
  /** The jobs that are locked, by id. */
  readonly jobs: Map<string, ReapedJob>
}

/** Finds the leases that have expired and locks their jobs; looks again until nothing has changed in between. */
async function lockExpired(session: Session, params: LockParams): Promise<readonly ExpiredLease[]> {
  const { expiredAt, limit, jobs } = params
  for (;;) {
    const expired = await expiredLeases(session, expiredAt, limit)
    const unlocked = new Set(expired.map(({ jobId }) => jobId).filter((jobId) => !jobs.has(jobId)))
    if (unlocked.size === 0) return expired
    for (const jobId of unlocked) {
      const row = await lockJob(session, jobId)
      if (row) jobs.set(jobId, { row, record: await recordOf(session, row) })
    }
  }
}

interface ReapLeaseParams {
  readonly lease: Lease
  readonly params: ReapParams
}

async function reapLease(session: Session, job: ReapedJob, { lease, params }: ReapLeaseParams): Promise<ReapedLease> {
  const change = new JobChange(job.row)
  const started = await startedItems(session, job.row.key, lease)
  const settlements = started.map((item) => params.decide(item, job.record))
  await settleStarted(session, change, { lease, settlements, now: params.now })
  change.inFlight -= started.length
  const unstarted = lease.open - started.length
  await releaseLease(session, {
    lease: { ...lease, open: unstarted },
    change,
    notBefore: undefined,
    maxClaim: boundAfterReap(lease.size),
    fromSeq: lease.startedThrough + 1,
  })
  const { job: row, completed } = await applyChange(session, change, params)
  job.row = row
  return { jobId: row.id, token: lease.token, unstarted, started: started.length, completed }
}

async function startedItems(session: Session, job: string, lease: Lease): Promise<readonly ClaimedItem[]> {
  const { covers, startedThrough, open, token } = lease
  if (isRange(covers)) {
    const lastSeq = Math.min(covers.lastSeq, startedThrough)
    return lastSeq < covers.firstSeq ? [] : readFresh(session, job, { ...covers, lastSeq, limit: open })
  }
  const seqs = covers.seqs.filter((seq) => seq <= startedThrough)
  return seqs.length === 0 ? [] : readHeld(session, job, { token, seqs })
}

interface SettleStartedParams {
  readonly lease: Lease
  readonly settlements: readonly Settlement[]
  readonly now: number
}

/** Settles what had started as was decided. It stays open to its token where it stays open: that one may have sent it. */
async function settleStarted(session: Session, change: JobChange, params: SettleStartedParams): Promise<void> {
  const { lease, settlements, now } = params
  const { key } = change.job
  const states = isRange(lease.covers)
    ? undefined
    : await readStates(
        session,
        key,
        settlements.map(({ seq }) => seq),
      )
  await writeOutcomes(session, key, { token: lease.token, spent: false, now, settlements })
  for (const settlement of settlements) {
    change.count(states?.get(settlement.seq) ?? FRESH_HELD, -1)
    change.count(stateAfter(settlement))
  }
}

/** Nobody else locks several jobs, so one reaper at a time can do that in any order. */
const LOCK_REAPERS: Sql = (s) => `select version from ${s}.schema_version for update`
