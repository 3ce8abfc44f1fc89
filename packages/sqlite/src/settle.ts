import {
  answerToSettled,
  FRESH_FREE,
  FRESH_HELD,
  type ItemState,
  type SettleAnswer,
  type Settlement,
  type SettleParams,
  type SettleResult,
} from '@broadside/core'
import type { Connection } from './connection.js'
import { applyChange, JobChange } from './job-change.js'
import { controlOf, requireJob } from './job-row.js'
import { coversFresh, findLease, keepOpen, type Lease, markStarted } from './lease.js'
import { findOutcome, insertOutcome, type Outcome, outcomeOf, writeOutcome } from './outcome.js'
import { rangeAround, shrinkRange } from './ranges.js'
import { forEachInSteps, type Steps } from './steps.js'

export function* settle(db: Connection, params: SettleParams): Steps<SettleResult> {
  const { jobId, token, now, settlements, startedThrough } = params
  const job = requireJob(db, jobId)
  markStarted(db, job.key, { token, startedThrough })
  const call: Call = { token, now, lease: findLease(db, job.key, token), change: new JobChange(job), leftLease: 0 }
  const answers: SettleAnswer[] = []
  yield* forEachInSteps(settlements, (settlement) => answers.push(settleItem(db, call, settlement)))
  const held = leaveLease(db, call)
  const applied = applyChange(db, call.change, { now })
  return { answers, held, control: controlOf(applied.job), completed: applied.completed }
}

/** One call of `settle`, and what has come of it so far. */
interface Call {
  readonly token: string
  readonly now: number
  readonly lease: Lease | undefined
  readonly change: JobChange
  /** How many items have left the lease. */
  leftLease: number
}

function settleItem(db: Connection, call: Call, settlement: Settlement): SettleAnswer {
  const { lease, change, token, now } = call
  const outcome = outcomeOf(settlement, { token, spent: true, now })
  const item = { job: change.job.key, seq: settlement.seq }
  // The hot path: one statement. Where it changes nothing, the item was settled before.
  if (lease && coversFresh(lease, item.seq) && insertOutcome(db, item, outcome)) {
    return applied(call, FRESH_HELD, outcome)
  }
  const known = findOutcome(db, item.job, item.seq)
  if (known) return settleAgain(db, call, { seq: item.seq, known, outcome })
  if (!leaveFreeRange(db, call, item.seq)) return 'stale'
  insertOutcome(db, item, outcome)
  return applied(call, FRESH_FREE, outcome)
}

/** Settles a retry, or an item that a reap has settled; says why not where the token may not. */
function settleAgain(db: Connection, call: Call, { seq, known, outcome }: SettleAgainParams): SettleAnswer {
  const { job } = call.change
  const answer = answerToSettled({ job, item: known, token: call.token, to: outcome.status })
  if (answer !== 'applied') return answer
  writeOutcome(db, { job: job.key, seq }, outcome)
  return applied(call, known, outcome)
}

interface SettleAgainParams {
  readonly seq: number
  readonly known: Outcome
  readonly outcome: Outcome
}

function applied(call: Call, from: ItemState, to: ItemState): SettleAnswer {
  call.change.count(from, -1)
  call.change.count(to)
  if (from.held) call.leftLease += 1
  return 'applied'
}

/**
 * Takes an item that was never settled out of the free range it came back to: the token that covered it last may settle it
 * as long as nobody has claimed it since, and its job has not been closed.
 */
function leaveFreeRange(db: Connection, { token, change: { job } }: Call, seq: number): boolean {
  if (job.closedAs) return false
  const range = rangeAround(db, job.key, seq)
  if (range?.lastToken !== token) return false
  shrinkRange(db, job.key, { ...range, open: range.open - 1 })
  return true
}

function leaveLease(db: Connection, { lease, leftLease, change }: Call): boolean {
  if (!lease) return false
  change.inFlight -= leftLease
  if (leftLease === 0) return true
  return keepOpen(db, change.job.key, { token: lease.token, open: lease.open - leftLease })
}
