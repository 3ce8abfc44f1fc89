import {
  type ClosingStatus,
  type Counters,
  isTerminal,
  type JobControl,
  type JobDefinition,
  type JobRecord,
  type JobStatus,
  type NewJob,
  type PreparedMessage,
  statusAfterChange,
  ZERO_COUNTERS,
} from '@broadside/core'
import { CodeTally } from './code-tally.js'
import { DuePool } from './due-pool.js'
import { frozenJson } from './frozen-json.js'
import { IdentitySet } from './identity-set.js'
import type { Retry } from './item-state.js'
import type { LeaseState } from './lease-state.js'
import { SettledIndex } from './settled-index.js'
import { Waves } from './waves.js'

/** A job as it is kept, with its items and everything that finds them without a scan. */
export interface JobState {
  readonly id: string
  readonly definition: JobDefinition
  readonly ownerId: string | undefined
  readonly createdAt: number
  status: JobStatus
  readonly counters: { -readonly [name in keyof Counters]: number }
  inFlight: number
  closedAs: ClosingStatus | undefined
  closedCode: string | undefined
  runNo: number
  channels: readonly string[]
  prepared: PreparedMessage | undefined
  startedAt: number | undefined
  finishedAt: number | undefined
  readonly ingestErrors: CodeTally
  readonly waves: Waves
  /** Every text by which one of its items is known. */
  readonly identities: IdentitySet
  /** Of all waves. */
  readonly retries: DuePool<Retry>
  readonly leases: Map<string, LeaseState>
  /** The leases that are held, of all jobs of the store. */
  readonly heldLeases: Set<LeaseState>
  /** Codes of open items (of a failed attempt), apart from those of settled ones: closing replaces them. */
  readonly openCodes: CodeTally
  readonly settledCodes: CodeTally
  readonly settled: SettledIndex
}

export function newJobState(job: NewJob, heldLeases: Set<LeaseState>): JobState {
  return {
    id: job.id,
    definition: frozenJson(job.definition),
    ownerId: job.ownerId,
    createdAt: job.createdAt,
    status: 'created',
    counters: { ...ZERO_COUNTERS },
    inFlight: 0,
    closedAs: undefined,
    closedCode: undefined,
    runNo: 0,
    channels: Object.freeze([]),
    prepared: undefined,
    startedAt: undefined,
    finishedAt: undefined,
    ingestErrors: new CodeTally(),
    waves: new Waves(),
    identities: new IdentitySet(),
    retries: newRetries(),
    leases: new Map(),
    heldLeases,
    openCodes: new CodeTally(),
    settledCodes: new CodeTally(),
    settled: new SettledIndex(),
  }
}

function newRetries(): DuePool<Retry> {
  return new DuePool({
    dueAt: (retry) => retry.nextAttemptAt,
    comesBefore: (a, b) =>
      a.nextAttemptAt < b.nextAttemptAt || (a.nextAttemptAt === b.nextAttemptAt && a.item.seq < b.item.seq),
    isLive: (retry) => retry.item.retry === retry,
  })
}

/** The job as callers see it: a fresh object over frozen parts. */
export function recordOf(job: JobState): JobRecord {
  return {
    id: job.id,
    definition: job.definition,
    ownerId: job.ownerId,
    createdAt: job.createdAt,
    status: job.status,
    counters: { ...job.counters },
    inFlight: job.inFlight,
    closedAs: job.closedAs,
    closedCode: job.closedCode,
    runNo: job.runNo,
    ingestErrors: job.ingestErrors.toRecord(),
    channels: job.channels,
    prepared: job.prepared,
    startedAt: job.startedAt,
    finishedAt: job.finishedAt,
  }
}

export function controlOf(job: JobState): JobControl {
  return { status: job.status, closedAs: job.closedAs, pending: job.counters.pending }
}

/** Moves the job to `status`; `finishedAt` is there exactly while it is terminal. */
export function setStatus(job: JobState, status: JobStatus, now: number): void {
  job.status = status
  job.finishedAt = isTerminal(status) ? now : undefined
}

/** True when the change has completed the job. */
export function completeIfDone(job: JobState, now: number): boolean {
  const status = statusAfterChange(job.status, job.counters.pending)
  if (status === job.status) return false
  setStatus(job, status, now)
  return status === 'completed'
}
