import {
  type Counters,
  type Settlement,
  type SettleParams,
  type SettleResult,
  standingOf,
  ZERO_COUNTERS,
} from '@broadside/core'
import { addCodes, CODE_LISTS, CodeCounts } from './code-counts.js'
import { toColumn } from './column-text.js'
import type { Value } from './driver.js'
import { isSeq, lastSeqUpTo } from './item-seq.js'
import { codeOfStatus } from './item-status-code.js'
import { controlOf, lockedJob, lockStep } from './job-row.js'
import { OUTCOME_LISTS, outcomeLists, setOutcomes, stateAfter } from './outcomes.js'
import type { Prepared, Step } from './prepared.js'
import type { Sql } from './session.js'
import type { Message } from './transactions.js'
import { undoUnless } from './undo-unless.js'

/**
 * A settle as one message, where all is as usual: the job is not closed and stays open, the lease holds a range, and none of the items has been settled
 * before. It answers nothing, and has done nothing, where it is not so.
 */
export function settleAtOnce(params: SettleParams): Message<SettleResult> | undefined {
  const { jobId, settlements } = params
  if (settlements.length === 0 || !settlements.every(({ seq }) => isSeq(seq))) return undefined
  const { counters, codes } = changeBy(settlements)
  return {
    steps: [lockStep(jobId), stepFor(params, { counters, codes })],
    answer: ([locked = [], settled = []]) => {
      const job = lockedJob(locked, jobId)
      const [row] = settled
      if (!job || !row) return undefined
      return {
        answers: settlements.map(() => 'applied' as const),
        held: Number(row[0]) > settlements.length,
        control: controlOf({ ...job, pending: job.pending + counters.pending }),
        completed: false,
      }
    },
  }
}

interface Change {
  readonly counters: Counters
  readonly codes: CodeCounts
}

function changeBy(settlements: readonly Settlement[]): Change {
  const counters = { ...ZERO_COUNTERS, pending: -settlements.length }
  const codes = new CodeCounts()
  for (const settlement of settlements) {
    const standing = standingOf({}, stateAfter(settlement))
    counters[standing.status] += 1
    codes.add(standing, 1)
  }
  return { counters, codes }
}

function stepFor(params: SettleParams, { counters, codes }: Change): Step {
  const { jobId, token, now, settlements, startedThrough } = params
  const { pending, enqueued, error, skipped, uncertain } = counters
  const seqs = settlements.map(({ seq }) => seq)
  const first = seqs.reduce((least, seq) => Math.min(least, seq))
  const last = seqs.reduce((most, seq) => Math.max(most, seq))
  const values: readonly Value[] = [
    ...[toColumn(jobId), toColumn(token), now, first, last, seqs.length, lastSeqUpTo(startedThrough ?? -1)],
    ...[pending, enqueued, error, skipped, uncertain],
  ]
  const [alike] = settlements
  if (alike && last - first + 1 === seqs.length && settlements.every((one) => areSentAlike(one, alike))) {
    const { attempts, channel } = alike
    return { prepared: SETTLE_ALIKE, values: [...values, attempts, channel === undefined ? null : toColumn(channel)] }
  }
  return { prepared: SETTLE_EACH, values: [...values, ...outcomeLists({ settlements, now }), ...codes.lists] }
}

/** Sent in the same way, with nothing to tell of one that can't be told of the others. */
function areSentAlike({ to, attempts, channel, receipt, trail }: Settlement, other: Settlement): boolean {
  const isPlain = to === 'enqueued' && receipt === undefined && trail === undefined
  return isPlain && attempts === other.attempts && channel === other.channel
}

interface SettleSql {
  /** The types of the parameters from the thirteenth on. */
  readonly types: readonly string[]
  /** Writes the items and returns a row for each. */
  readonly items: Sql
  /** What else it writes, as `with` goes on. */
  readonly also?: Sql
}

/**
 * `$1` is the job, `$2` the token, `$3` now, `$4` and `$5` the first and last `seq`, `$6` how many there are, `$7` how far the lease has started, and from `$8`
 * on what is added to the counters: pending, enqueued, error, skipped, uncertain. Some item stays open, so the job's status stays as it is.
 */
function settleSql({ types, items, also = () => '' }: SettleSql): Prepared {
  const common = ['text', 'text', 'float8', 'bigint', 'bigint', 'bigint', 'bigint']
  return {
    types: [...common, 'bigint', 'bigint', 'bigint', 'bigint', 'bigint', ...types],
    sql: (s) => `
      with job as materialized (
        select key from ${s}.jobs where id = $1 and closed_as is null and pending + $8 > 0
      ), usual as materialized (
        select job as key, open from ${s}.leases
        where job = (select key from job) and token = $2 and first_seq <= $4 and last_seq >= $5
      ), settled as (
        ${items(s)}
      ), kept as (
        update ${s}.leases set open = open - $6, started_through = greatest(started_through, $7)
        where job = (select key from usual where open > $6) and token = $2
      ), ended as (
        delete from ${s}.leases where job = (select key from usual where open <= $6) and token = $2
      )${also(s)}
      update ${s}.jobs set pending = pending + $8, enqueued = enqueued + $9, error = error + $10, skipped = skipped + $11,
        uncertain = uncertain + $12, in_flight = in_flight - $6 + ${undoUnless('(select count(*) from settled) = $6')}
      where key = (select key from usual)
      returning (select open from usual)`,
  }
}

/** Everything between the first and the last. What never had another outcome has none of its columns to be emptied. */
const SETTLE_ALIKE = settleSql({
  types: ['integer', 'text'],
  items: (s) => `
    update ${s}.items set detached = true, token = $2, spent = true, status = ${codeOfStatus('enqueued')}, attempts = $13,
      channel = $14, settled_at = $3
    where job = (select key from usual) and seq between $4 and $5 and not detached
    returning 1`,
})

const FIRST_LIST = 13
const FIRST_CODE = FIRST_LIST + OUTCOME_LISTS.length
const SETTLE_EACH = settleSql({
  types: [...OUTCOME_LISTS, ...CODE_LISTS],
  items: (s) => `
    update ${s}.items as item set ${setOutcomes({ spent: 'true', now: '$3', firstList: FIRST_LIST })}
    where item.job = (select key from usual) and item.seq between $4 and $5 and not item.detached and item.seq = new.seq
    returning 1`,
  also: (s) => `, coded as (${addCodes(s, { job: '(select key from usual)', firstList: FIRST_CODE })} )`,
})
