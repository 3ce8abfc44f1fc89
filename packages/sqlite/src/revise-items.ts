import {
  FRESH_FREE,
  FRESH_HELD,
  type ItemState,
  type ItemStatus,
  type ReviseItemsParams,
  type ReviseItemsResult,
  standingOf,
} from '@broadside/core'
import type { Connection } from './connection.js'
import { freshHeldIn } from './item-states.js'
import { applyChange, JobChange } from './job-change.js'
import { recordOf } from './job-record.js'
import { findJob, type JobRow } from './job-row.js'
import { callOnce } from './once.js'
import { findOutcome, type Outcome, writeOutcome } from './outcome.js'
import { revisableSeqs } from './revisable-seqs.js'
import { forEachInSteps, type Steps } from './steps.js'
import type { Tables } from './tables.js'
import { refusal } from './transition-job.js'

export function* reviseItems(db: Connection, params: ReviseItemsParams): Steps<ReviseItemsResult> {
  const call = () => revise(db, params)
  return (yield* callOnce(db, { once: params.once, call, isDone: ({ applied }) => applied })).answer
}

export function* revise(db: Connection, params: ReviseItemsParams): Steps<ReviseItemsResult> {
  const job = findJob(db, params.jobId)
  if (job?.status !== params.from) return { ...refusal(db, job), changed: 0 }
  const change = new JobChange(job)
  let changed = 0
  const isFreshHeld = freshHeldIn(db, job)
  for (const seqs of revisableSeqs(db, job, params)) {
    yield* forEachInSteps(seqs, (seq) => {
      const known = findOutcome(db, job.key, seq)
      const before = known ?? (isFreshHeld(seq) ? FRESH_HELD : FRESH_FREE)
      if (!isChosen(job, before, params.statuses)) return
      const outcome = revised(known, params)
      writeOutcome(db, { job: job.key, seq }, outcome)
      change.count(before, -1)
      change.count(outcome)
      changed += 1
    })
    yield
  }
  const { completed } = moveJob(db, { change, changed, params })
  return { applied: true, job: recordOf(db, job), completed, changed }
}

/** An open item is not settled, so there is nothing of it to revise. */
function isChosen(job: JobRow, item: ItemState, statuses: readonly ItemStatus[]): boolean {
  const { status } = standingOf(job, item)
  return status !== 'pending' && statuses.includes(status)
}

function revised(known: Outcome | undefined, { to, code, reason, now }: ReviseItemsParams): Outcome {
  const kept = known ?? NEVER_SETTLED
  if (to === 'pending') return { ...NEVER_SETTLED, channel: kept.channel, nextAttemptAt: now }
  const failure = to === 'error' ? { code, reason } : { code: undefined, reason: undefined }
  return { ...kept, status: to, nextAttemptAt: undefined, held: false, settledAt: now, ...failure }
}

/** Without a token: from here on nobody's late word counts. */
const NEVER_SETTLED: Outcome = {
  status: 'pending',
  attempts: 0,
  nextAttemptAt: undefined,
  held: false,
  token: undefined,
  spent: false,
  channel: undefined,
  receipt: undefined,
  code: undefined,
  reason: undefined,
  trail: undefined,
  settledAt: undefined,
}

interface MoveParams {
  readonly change: JobChange
  readonly changed: number
  readonly params: ReviseItemsParams
}

function moveJob(db: Connection, { change, changed, params }: MoveParams): { readonly completed: boolean } {
  const { jobTo, runNo, now } = params
  const moves = changed > 0 && jobTo !== undefined
  if (moves && runNo !== undefined) db.run(SET_RUN_NO, runNo, change.job.key)
  return applyChange(db, change, { now, status: moves ? jobTo : undefined })
}

const SET_RUN_NO = ({ jobs }: Tables) => `update ${jobs} set run_no = ? where key = ?`
