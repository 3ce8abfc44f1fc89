import type { Storage } from '@broadside/core'
import { claim, claimRetries, seqsIn } from '../fixtures/claims.js'
import { START } from '../fixtures/instants.js'
import { addItems, createdJob } from '../fixtures/jobs.js'
import { reap } from '../fixtures/leases.js'
import { rejected, retry, sent, settle } from '../fixtures/settlements.js'

const BATCH = 1_000
/** Small, so that many leases have come and gone. */
const CLAIM = 250
/** How many items failed, and how many wait to be tried again: the same in every job. */
export const FAILED = 20
export const WAITING = 20
/** From when on those that wait are due. */
export const DUE = START + 2 * WAITING

/** Stores a job with so many items, `batch` a call. */
export async function filledJob(storage: Storage, items: number, batch: number): Promise<string> {
  const jobId = await createdJob(storage)
  for (let from = 0; from < items; from += batch) {
    await addItems(storage, { jobId, count: Math.min(batch, items - from), from })
  }
  return jobId
}

export interface WornJobOptions {
  /** How many of its items have been settled. */
  readonly finished: number
  /** How many have never been claimed. */
  readonly open: number
}

/**
 * A running job that has seen much, and engines that looked before each claim: some of its items failed, some wait to be tried again, the
 * rest of those claimed were sent.
 */
export async function wornJob(storage: Storage, { finished, open }: WornJobOptions): Promise<string> {
  const jobId = await filledJob(storage, finished + open, BATCH)
  const set = { runNo: 1, startedAt: START, channels: ['email'] }
  await storage.transitionJob({ jobId, from: 'created', to: 'processing', now: START, set })
  for (let from = 0; from < finished; from += CLAIM) {
    const token = `worn-${from}`
    await storage.listClaimable({ now: START, channels: ['email'], limit: 10 })
    await reap(storage, { now: START })
    const seqs = seqsIn(await claim(storage, { jobId, token, limit: Math.min(CLAIM, finished - from) }))
    const settlements = seqs.map((seq, index) => firstOutcome(seq, from + index))
    await settle(storage, { jobId, token, settlements })
  }
  const again = await claimRetries(storage, { jobId, token: 'worn-again', limit: WAITING, now: DUE })
  await settle(storage, { jobId, token: 'worn-again', settlements: seqsIn(again).map((seq) => sent(seq)) })
  return jobId
}

/** Half of those that are to be tried again will have been. */
function firstOutcome(seq: number, index: number) {
  if (index < 2 * WAITING) return retry(seq, START + index)
  return index < 2 * WAITING + FAILED ? rejected(seq) : sent(seq)
}
