import type { Claimable, ClaimableList, ListClaimableParams } from '@broadside/core'
import { freeRanges, isDue } from './free-range.js'
import type { JobRow } from './job-row.js'
import { KEYS, startingWith } from './keys.js'
import type { LeaseEnd } from './lease.js'
import type { Tx } from './tx.js'

/** What a job has to claim now, and the next instants at which it may have more. */
interface Prospect {
  readonly isReady: boolean
  readonly instants: readonly number[]
}

export async function listClaimable(tx: Tx, { now, channels, limit }: ListClaimableParams): Promise<ClaimableList> {
  const ready: Claimable[] = []
  const instants = [...(await nextLeaseEnd(tx, now))]
  for (const job of await processingJobs(tx)) {
    if (!job.channels.every((channel) => channels.includes(channel))) continue
    const prospects = { retries: await retriesOf(tx, job, now), range: await rangeOf(tx, job, now) }
    for (const source of ['retries', 'range'] as const) {
      instants.push(...prospects[source].instants)
      if (prospects[source].isReady) ready.push(claimable(job, source))
    }
  }
  ready.sort(inTurn)
  return { ready: ready.slice(0, limit), nextAt: earliest(instants) }
}

function claimable({ id, priority, startedAt = 0 }: JobRow, source: Claimable['source']): Claimable {
  return { jobId: id, source, wave: 0, priority, startedAt }
}

/** Of one job, retries stay before the range: the sort is stable. */
function inTurn(a: Claimable, b: Claimable): number {
  const byId = a.jobId < b.jobId ? -1 : Number(a.jobId > b.jobId)
  return b.priority - a.priority || a.startedAt - b.startedAt || byId
}

function earliest(instants: readonly number[]): number | undefined {
  return instants.length > 0 ? Math.min(...instants) : undefined
}

async function processingJobs(tx: Tx): Promise<readonly JobRow[]> {
  const places = await tx.keys(startingWith(KEYS.processing))
  const keys = places.map((place) => KEYS.row(Number(place.slice(KEYS.processing.length))))
  await tx.prepare(keys)
  return Promise.all(keys.map((key) => tx.need<JobRow>(key)))
}

async function rangeOf(tx: Tx, job: JobRow, now: number): Promise<Prospect> {
  let isReady = job.cursor < job.counters.received
  const instants: number[] = []
  for await (const range of freeRanges(tx, job)) {
    if (isDue(range, now)) isReady = true
    else if (range.notBefore !== undefined) instants.push(range.notBefore)
  }
  return { isReady, instants }
}

/** The first waiting retry says whether one is due, the first behind `now` when the next will be. */
async function retriesOf(tx: Tx, { key }: JobRow, now: number): Promise<Prospect> {
  const { gte, lt } = startingWith(KEYS.waiting(key))
  const due = await tx.entries({ gte, lt: KEYS.waitingAfter(key, now), limit: 1 })
  const later = await tx.entries<number>({ gte: KEYS.waitingAfter(key, now), lt, limit: 1 })
  return { isReady: due.length > 0, instants: later.map(([, nextAttemptAt]) => nextAttemptAt) }
}

async function nextLeaseEnd(tx: Tx, now: number): Promise<readonly number[]> {
  const { lt } = startingWith(KEYS.leaseEnds)
  const ends = await tx.entries<LeaseEnd>({ gte: KEYS.leaseEndsAfter(now), lt, limit: 1 })
  return ends.map(([, { leaseUntil }]) => leaseUntil)
}
