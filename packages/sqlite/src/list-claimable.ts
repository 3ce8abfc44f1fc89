import type { Claimable, ClaimableList, ListClaimableParams } from '@broadside/core'
import { type ColumnText, fromColumn } from './column-text.js'
import type { Connection } from './connection.js'
import { nextLeaseEnd } from './lease.js'
import { waveInstants } from './ranges.js'
import { forEachInSteps, type Steps } from './steps.js'
import type { Tables } from './tables.js'
import { dueRetries, nextRetryAt } from './waiting.js'

export function* listClaimable(db: Connection, { now, channels, limit }: ListClaimableParams): Steps<ClaimableList> {
  const ready: Claimable[] = []
  let nextAt = nextLeaseEnd(db, now) ?? Number.POSITIVE_INFINITY
  yield* forEachInSteps(db.rows<ProcessingTuple>(PROCESSING), ([key, id, priority, startedAt, needed]) => {
    if (!isCarried(needed, channels)) return
    const common = { jobId: fromColumn(id), priority, startedAt: startedAt ?? 0 }
    if (dueRetries(db, key, { now, limit: 1 }).length > 0) ready.push({ ...common, source: 'retries', wave: 0 })
    nextAt = Math.min(nextAt, nextRetryAt(db, key, now) ?? nextAt)
    for (const wave of waveInstants(db, key, now)) {
      if (wave.due) ready.push({ ...common, source: 'range', wave: wave.wave })
      nextAt = Math.min(nextAt, wave.nextAt ?? nextAt)
    }
  })
  return { ready: ready.slice(0, limit), nextAt: Number.isFinite(nextAt) ? nextAt : undefined }
}

function isCarried(needed: string, channels: readonly string[]): boolean {
  return (JSON.parse(needed) as readonly string[]).every((channel) => channels.includes(channel))
}

type ProcessingTuple = [key: number, id: ColumnText, priority: number, startedAt: number | null, channels: string]

const PROCESSING = ({ jobs }: Tables) => `
  select key, id, priority, started_at, channels from ${jobs} where status = 'processing'
  order by priority desc, started_at, id`
