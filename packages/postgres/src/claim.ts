import {
  type Claim,
  type ClaimedItem,
  type ClaimParams,
  type FreePiece,
  sizeOfClaim,
  startedThroughOf,
} from '@broadside/core'
import { readFresh } from './item-reading.js'
import { applyChange, JobChange } from './job-change.js'
import { controlOf, type JobRow, lockJob } from './job-row.js'
import { addLease, findLease, isRange, type Lease } from './lease.js'
import { firstDueRange, shrinkRange } from './ranges.js'
import { holdDueRetries } from './retries.js'
import type { Session, Write } from './session.js'

/** What a claim takes. */
interface Taken {
  /** By `seq`. */
  readonly items: readonly ClaimedItem[]
  readonly covers: Lease['covers']
  /** The range that they were taken of, as it was before. */
  readonly piece: FreePiece | undefined
  /** What else it changes. */
  readonly writes: readonly Write[]
}

/** With `mayBeDone`, the same claim has been made before, and nobody knows what became of it: what it got is handed out, if it got anything. */
export async function claim(session: Session, params: ClaimParams, mayBeDone = false): Promise<Claim | undefined> {
  const job = await lockJob(session, params.jobId)
  const done = job && mayBeDone ? await claimedBefore(session, job, params.token) : undefined
  if (done) return done
  if (job?.status !== 'processing') return undefined
  const take = params.source === 'range' ? takeRange : takeRetries
  const taken = await take(session, job.key, params)
  if (!taken) return undefined
  const { token, leaseUntil, now } = params
  const { items, covers, piece, writes } = taken
  const startedThrough = startedThroughOf({ items, start: params.start, piece })
  const size = items.length
  const change = new JobChange(job)
  change.inFlight += size
  change.also(
    ...writes,
    addLease(job.key, { token, covers, size, open: size, maxClaim: piece?.maxClaim, startedThrough, leaseUntil }),
  )
  await applyChange(session, change, { now })
  return { token, jobId: job.id, items, startedThrough, control: controlOf(job) }
}

async function claimedBefore(session: Session, job: JobRow, token: string): Promise<Claim | undefined> {
  const lease = await findLease(session, job.key, token)
  if (!lease || !isRange(lease.covers)) return undefined
  const items = await readFresh(session, job.key, { ...lease.covers, limit: lease.size })
  return { token, jobId: job.id, items, startedThrough: lease.startedThrough, control: controlOf(job) }
}

/** Takes from the front of the first range that is due. No item is written. */
async function takeRange(session: Session, job: string, { wave, now, limit }: ClaimParams): Promise<Taken | undefined> {
  const range = await firstDueRange(session, job, { wave, now })
  if (!range) return undefined
  const { firstSeq, lastSeq, open } = range
  const items = await readFresh(session, job, { firstSeq, lastSeq, limit: sizeOfClaim(range, limit) })
  const [first, last] = [items[0], items.at(-1)]
  if (!first || !last) throw new Error(`range ${firstSeq} to ${lastSeq} of the job with key ${job} has no open item`)
  const writes = [shrinkRange(job, { ...range, firstSeq: last.seq + 1, open: open - items.length })]
  return { items, covers: { firstSeq: first.seq, lastSeq: last.seq }, piece: range, writes }
}

async function takeRetries(session: Session, job: string, params: ClaimParams): Promise<Taken | undefined> {
  const items = await holdDueRetries(session, job, params)
  if (items.length === 0) return undefined
  return { items, covers: { seqs: items.map(({ seq }) => seq) }, piece: undefined, writes: [] }
}
