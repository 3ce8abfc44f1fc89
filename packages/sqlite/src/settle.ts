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
import { findOutcome, insertOutcome, insertSent, type Outcome, outcomeOf, writeOutcome } from './outcome.js'
import { rangeAround, shrinkRange } from './ranges.js'
import { SEVERAL } from './several-rows.js'
import type { Steps } from './steps.js'

export function* settle(db: Connection, params: SettleParams): Steps<SettleResult> {
  const { jobId, token, now, settlements, startedThrough } = params
  const job = requireJob(db, jobId)
  markStarted(db, job.key, { token, startedThrough })
  const call: Call = { token, now, lease: findLease(db, job.key, token), change: new JobChange(job), leftLease: 0 }
  const answers: SettleAnswer[] = []
  for (const group of groupsOf(settlements)) {
    if (settleSent(db, call, group)) for (const _ of group) answers.push('applied')
    else for (const settlement of group) answers.push(settleItem(db, call, settlement))
    yield
  }
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

/** Cut into groups of a size that {@link settleSent} takes. */
function* groupsOf(settlements: readonly Settlement[]): Generator<readonly Settlement[]> {
  for (let at = 0; at < settlements.length; at += SEVERAL) yield settlements.slice(at, at + SEVERAL)
}

/** The hot path: items of a lease that were sent for the first time, all alike. False, and nothing has happened, where they are not. */
function settleSent(db: Connection, call: Call, group: readonly Settlement[]): boolean {
  const { lease, change, token, now } = call
  const [first] = group
  if (group.length < SEVERAL || !first || !lease) return false
  if (!group.every((one) => isSentLike(one, first) && coversFresh(lease, one.seq))) return false
  const { attempts, channel } = first
  if (!insertSent(db, change.job.key, { token, now, attempts, channel }, group)) return false
  change.count(FRESH_HELD, -group.length)
  change.count(outcomeOf(first, { token, spent: true, now }), group.length)
  call.leftLease += group.length
  return true
}

function isSentLike(one: Settlement, first: Settlement): boolean {
  const { to, attempts, channel, code, reason, trail } = one
  if (to !== 'enqueued' || attempts !== first.attempts || channel !== first.channel) return false
  return code === undefined && reason === undefined && trail === undefined
}

function settleItem(db: Connection, call: Call, settlement: Settlement): SettleAnswer {
  const { lease, change, token, now } = call
  const outcome = outcomeOf(settlement, { token, spent: true, now })
  const item = { job: change.job.key, seq: settlement.seq }
  // One statement, most often. Where it changes nothing, the item was settled before.
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
