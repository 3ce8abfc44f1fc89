import type { JobInfo } from '@broadside/core'

/** What the last line of standard output says. `received + duplicates + rejected = rows`: all of them are counted by the storage. */
export interface Summary {
  readonly jobId: string
  readonly status: string
  readonly received: number
  readonly enqueued: number
  readonly error: number
  readonly skipped: number
  readonly uncertain: number
  readonly pending: number
  readonly rows: number
  readonly duplicates: number
  readonly rejected: number
  /** Of this run, in ms. */
  readonly elapsedMs: number
}

export function summaryOf({ id, status, counters, ingestErrors }: JobInfo, elapsedMs: number): Summary {
  const { received, enqueued, error, skipped, uncertain, pending } = counters
  const { DUPLICATE_USER: duplicates = 0, ...others } = ingestErrors
  const rejected = Object.values(others).reduce((sum, count) => sum + count, 0)
  const rows = received + duplicates + rejected
  return {
    jobId: id,
    status,
    received,
    enqueued,
    error,
    skipped,
    uncertain,
    pending,
    rows,
    duplicates,
    rejected,
    elapsedMs: Math.round(elapsedMs),
  }
}
