import {
  type Claim,
  type ClaimedItem,
  type ClaimParams,
  type FreePiece,
  sizeOfClaim,
  startedThroughOf,
} from '@broadside/core'
import type { Connection } from './connection.js'
import { readClaimed, readFresh } from './item-reading.js'
import { applyChange, JobChange } from './job-change.js'
import { controlOf, findJob } from './job-row.js'
import { addLease, type Lease } from './lease.js'
import { findOutcome, writeOutcome } from './outcome.js'
import { firstDueRange, shrinkRange } from './ranges.js'
import { forEachInSteps, type Steps } from './steps.js'
import { dueRetries } from './waiting.js'

/** What a claim takes. */
interface Taken {
  /** By `seq`. */
  readonly items: readonly ClaimedItem[]
  readonly covers: Lease['covers']
  /** The range that they were taken of, as it was before. */
  readonly piece: FreePiece | undefined
}

export function* claim(db: Connection, params: ClaimParams): Steps<Claim | undefined> {
  const job = findJob(db, params.jobId)
  if (job?.status !== 'processing') return undefined
  const taken = yield* params.source === 'range' ? takeRange(db, job.key, params) : takeRetries(db, job.key, params)
  if (!taken) return undefined
  const { token, leaseUntil, now } = params
  const { items, covers, piece } = taken
  const startedThrough = startedThroughOf({ items, start: params.start, piece })
  addLease(db, job.key, {
    token,
    covers,
    size: items.length,
    open: items.length,
    maxClaim: piece?.maxClaim,
    startedThrough,
    leaseUntil,
  })
  const change = new JobChange(job)
  change.inFlight += items.length
  applyChange(db, change, { now })
  return { token, jobId: job.id, items, startedThrough, control: controlOf(job) }
}

/** Takes from the front of the first range that is due. No item is written. */
function* takeRange(db: Connection, job: number, { wave, now, limit }: ClaimParams): Steps<Taken | undefined> {
  const range = firstDueRange(db, job, { wave, now })
  if (!range) return undefined
  const { firstSeq, lastSeq, open } = range
  const piece = { firstSeq, lastSeq, limit: sizeOfClaim(range, limit), isUntouched: range.lastToken === undefined }
  const items = yield* readFresh(db, job, piece)
  const [first, last] = [items[0], items.at(-1)]
  if (!first || !last) throw new Error(`range ${firstSeq} to ${lastSeq} of the job with key ${job} has no open item`)
  shrinkRange(db, job, { ...range, firstSeq: last.seq + 1, open: open - items.length })
  return { items, covers: { firstSeq: first.seq, lastSeq: last.seq }, piece: range }
}

function* takeRetries(db: Connection, job: number, { now, limit, token }: ClaimParams): Steps<Taken | undefined> {
  const seqs = [...dueRetries(db, job, { now, limit })].sort((a, b) => a - b)
  if (seqs.length === 0) return undefined
  const items: ClaimedItem[] = []
  yield* forEachInSteps(seqs, (seq) => {
    const outcome = findOutcome(db, job, seq)
    items.push(readClaimed(db, job, { seq, outcome }))
    if (outcome) writeOutcome(db, { job, seq }, { ...outcome, held: true, token, spent: false })
  })
  return { items, covers: { seqs }, piece: undefined }
}
