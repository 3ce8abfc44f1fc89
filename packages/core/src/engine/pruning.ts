import { BroadsideError } from '../model/error.js'
import type { JobRecord } from '../storage/job-record.js'
import type { Storage } from '../storage/storage.js'
import type { Clock } from './clock.js'
import type { Pacer } from './pacer.js'

export interface PruneOptions {
  /** Deletes jobs that ended before this instant; `Date` or ms since the epoch. */
  readonly finishedBefore?: number | Date | undefined
  /** Stops between steps; the next prune goes on. */
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: PruneResult) => void) | undefined
}

export interface PruneResult {
  /** Jobs deleted. */
  readonly jobs: number
  /** Rows removed: items of deleted jobs, and idempotency keys that are not kept any longer. */
  readonly rows: number
}

export interface PrunePorts {
  readonly storage: Storage
  readonly clock: Clock
  readonly pacer: Pacer
  readonly onDeleted: (job: JobRecord) => void
}

const JOBS_AT_ONCE = 100
const ROWS_AT_ONCE = 1_000

/** Removes what is over, in bounded steps. */
export async function prune(
  { finishedBefore, signal, onProgress }: PruneOptions,
  ports: PrunePorts,
): Promise<PruneResult> {
  const progress = { jobs: 0, rows: 0 }
  const before = finishedBefore === undefined ? undefined : instantOf(finishedBefore)
  for await (const job of before === undefined ? [] : endedJobs(before, ports.storage)) {
    if (signal?.aborted) return progress
    const { applied } = await ports.storage.deleteJob({ jobId: job.id, now: ports.clock.now() })
    if (!applied) continue
    progress.jobs += 1
    ports.onDeleted(job)
  }
  for (let more = true; more && !signal?.aborted; ) {
    const swept = await ports.storage.sweep({ now: ports.clock.now(), limit: ROWS_AT_ONCE })
    progress.rows += swept.removed
    more = swept.more
    onProgress?.({ ...progress })
    if (ports.pacer.isDue) await ports.pacer.breathe()
  }
  return progress
}

/** @throws BroadsideError `INVALID_INPUT` for what is no instant: nothing has been deleted then. */
export function instantOf(value: number | Date): number {
  const at = typeof value === 'number' || value instanceof Date ? Number(value) : Number.NaN
  if (Number.isFinite(at)) return at
  const message = 'must be a Date, or ms since the epoch'
  throw new BroadsideError('INVALID_INPUT', `finishedBefore ${message}.`, {
    issues: [{ path: ['finishedBefore'], message }],
  })
}

/** Jobs that a sending owns are deleted with it. */
async function* endedJobs(finishedBefore: number, storage: Storage): AsyncGenerator<JobRecord> {
  let after: { createdAt: number; id: string } | undefined
  for (;;) {
    const page = await storage.listJobs({ filter: { finishedBefore }, after, limit: JOBS_AT_ONCE })
    for (const job of page) if (job.ownerId === undefined) yield job
    const last = page.at(-1)
    if (last === undefined || page.length < JOBS_AT_ONCE) return
    after = { createdAt: last.createdAt, id: last.id }
  }
}
