import {
  type ClosingStatus,
  type Counters,
  ITEM_STATUSES,
  type JobControl,
  type JobRecord,
  type JobStatus,
  type NewJob,
  type WaveDue,
} from '@broadside/core'
import type { ModelItem } from './model-item.js'

/** What the model knows of a job; its counters are counted whenever they are asked for. */
export interface ModelJob {
  readonly job: NewJob
  readonly id: string
  status: JobStatus
  closedAs: ClosingStatus | undefined
  closedCode: string | undefined
  runNo: number
  channels: readonly string[]
  startedAt: number | undefined
  finishedAt: number | undefined
  readonly ingestErrors: Map<string, number>
  /** By seq. */
  items: ModelItem[]
  /** Every text by which one of its items is known. */
  readonly texts: Set<string>
  deleted: boolean
  /** What its completion means to the sending that owns it. */
  onCompleted: (now: number) => void
}

export function newModelJob(job: NewJob): ModelJob {
  return {
    job,
    id: job.id,
    status: 'created',
    closedAs: undefined,
    closedCode: undefined,
    runNo: 0,
    channels: [],
    startedAt: undefined,
    finishedAt: undefined,
    ingestErrors: new Map(),
    items: [],
    texts: new Set(),
    deleted: false,
    onCompleted: () => {},
  }
}

export function countersOf(job: ModelJob): Counters {
  const count = (status: string) => job.items.filter((item) => item.status === status).length
  const counts = ITEM_STATUSES.map((status) => [status, count(status)])
  return { received: job.items.length, ...Object.fromEntries(counts) }
}

/** Gives what nobody has claimed of a wave an instant. */
export function setDue(job: ModelJob, dues: readonly WaveDue[] = []): void {
  for (const { wave, dueAt = Number.POSITIVE_INFINITY } of dues) {
    for (const item of job.items) if (item.wave === wave && item.lastToken === undefined) item.dueAt = dueAt
  }
}

export function inFlightOf(job: ModelJob): number {
  return job.items.filter((item) => item.holder !== undefined).length
}

export function controlOf(job: ModelJob): JobControl {
  return { status: job.status, closedAs: job.closedAs, pending: countersOf(job).pending }
}

export function isTerminalJob(job: ModelJob): boolean {
  return ['completed', 'cancelled', 'failed'].includes(job.status)
}

/** Completes a job that goes out and has nothing open; true when it did. */
export function completeIfDone(job: ModelJob, now: number): boolean {
  if (job.status !== 'processing' || job.items.some((item) => item.status === 'pending')) return false
  job.status = 'completed'
  job.finishedAt = now
  job.onCompleted(now)
  return true
}

/** The job as it is to be read; `undefined` when it has been deleted. */
export function recordOf(job: ModelJob): JobRecord | undefined {
  if (job.deleted) return undefined
  const { status, closedAs, closedCode, runNo, channels, startedAt, finishedAt } = job
  return {
    ...job.job,
    status,
    counters: countersOf(job),
    inFlight: inFlightOf(job),
    closedAs,
    closedCode,
    runNo,
    ingestErrors: Object.fromEntries(job.ingestErrors),
    channels,
    startedAt,
    finishedAt,
  }
}
