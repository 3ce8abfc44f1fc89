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
import { CommitFailure } from './driver-failure.js'
import { isSeq, lastSeqUpTo } from './item-seq.js'
import { applyChange, JobChange } from './job-change.js'
import { controlOf, type JobRow, lockJob, requireJob } from './job-row.js'
import { coversFresh, findLease, keepOpen, type Lease } from './lease.js'
import { LeftRanges } from './left-ranges.js'
import { type KnownState, readStates, stateAfter, writeFresh, writeOutcomes } from './outcomes.js'
import type { Session, Write } from './session.js'

/**
 * With `mayBeDone`, the same settle has been made before, and nobody knows what became of it.
 *
 * @throws CommitFailure when it had come about: which of its settlements counted is known to nobody then, until the caller repeats it.
 */
export async function settle(session: Session, params: SettleParams, mayBeDone = false): Promise<SettleResult> {
  const { jobId, token, now, settlements } = params
  const job = requireJob(await lockJob(session, jobId), jobId)
  const lease = await findLease(session, job.key, token)
  const verdicts = await settleItems(session, job, { token, now, settlements, lease })
  if (mayBeDone && verdicts.answers.includes('already')) throw new CommitFailure(new Error('the commit got no answer'))
  const change = new JobChange(job)
  change.also(...verdicts.writes)
  for (const { from, settlement } of verdicts.applied) {
    change.count(from, -1)
    change.count(stateAfter(settlement))
  }
  const held = leaveLease(change, { lease, verdicts, startedThrough: params.startedThrough })
  const applied = await applyChange(session, change, { now })
  return { answers: verdicts.answers, held, control: controlOf(applied.job), completed: applied.completed }
}

/** What is to be said to a call, and done. */
interface Verdicts {
  readonly answers: readonly SettleAnswer[]
  readonly applied: readonly Applied[]
  /** What follows for the ranges that the items were in. */
  readonly writes: readonly Write[]
}

/** A settlement that counts, and what its item was before. */
interface Applied {
  readonly settlement: Settlement
  readonly from: ItemState
}

interface SettleItemsParams extends Pick<SettleParams, 'token' | 'now' | 'settlements'> {
  readonly lease: Lease | undefined
}

async function settleItems(session: Session, job: JobRow, params: SettleItemsParams): Promise<Verdicts> {
  const { token, now, settlements, lease } = params
  const known = settlements.filter(({ seq }) => isSeq(seq))
  const writing = { token, spent: true, now }
  const covered = lease ? known.filter(({ seq }) => coversFresh(lease, seq)) : []
  const fresh = await writeFresh(session, job.key, { ...writing, settlements: covered })
  const rest = known.filter(({ seq }) => !fresh.has(seq))
  const judged = await judge(session, job, { token, settlements: rest })
  await writeOutcomes(session, job.key, { ...writing, settlements: judged.applied.map(({ settlement }) => settlement) })
  const answerOf = new Map(rest.map(({ seq }, index) => [seq, judged.answers[index]]))
  const first = settlements.filter(({ seq }) => fresh.has(seq)).map((settlement) => ({ settlement, from: FRESH_HELD }))
  return {
    answers: settlements.map(({ seq }) => answerOf.get(seq) ?? (fresh.has(seq) ? 'applied' : 'stale')),
    applied: [...first, ...judged.applied],
    writes: judged.writes,
  }
}

type JudgeParams = Pick<SettleParams, 'token' | 'settlements'>

/** Which settlements count of those that are no first word from the lease that holds the item. */
async function judge(session: Session, job: JobRow, { token, settlements }: JudgeParams): Promise<Verdicts> {
  const seqs = settlements.map(({ seq }) => seq)
  const states = await readStates(session, job.key, seqs)
  const hasFresh = [...states.values()].some(({ detached }) => !detached)
  const left = hasFresh && !job.closedAs ? await LeftRanges.of(session, job.key, token) : undefined
  const applied: Applied[] = []
  const answers = settlements.map((settlement) => {
    const known = states.get(settlement.seq)
    const answer = known ? answerTo(job, { settlement, known, token, left }) : 'stale'
    if (known && answer === 'applied') applied.push({ settlement, from: known.detached ? known : FRESH_FREE })
    return answer
  })
  return { answers, applied, writes: left?.writes ?? [] }
}

interface AnswerParams {
  readonly settlement: Settlement
  readonly known: KnownState
  readonly token: string
  readonly left: LeftRanges | undefined
}

function answerTo(job: JobRow, { settlement, known, token, left }: AnswerParams): SettleAnswer {
  // Never settled, and not in this lease any more: the token that had it last may settle it as long as nobody has claimed it since.
  if (!known.detached) return left?.take(settlement.seq) ? 'applied' : 'stale'
  return answerToSettled({ job, item: known, token, to: settlement.to })
}

interface LeaveParams {
  readonly lease: Lease | undefined
  readonly verdicts: Verdicts
  readonly startedThrough: number | undefined
}

/** True while the lease is held. */
function leaveLease(change: JobChange, { lease, verdicts, ...params }: LeaveParams): boolean {
  if (!lease) return false
  const left = verdicts.applied.filter(({ from }) => from.held).length
  change.inFlight -= left
  const open = lease.open - left
  const startedThrough = Math.max(lease.startedThrough, lastSeqUpTo(params.startedThrough ?? -1))
  const changes = left > 0 || startedThrough > lease.startedThrough
  if (changes) change.also(keepOpen(change.job.key, { token: lease.token, open, startedThrough }))
  return open > 0
}
