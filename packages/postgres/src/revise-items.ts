import type { ItemStatus, ReviseItemsParams, ReviseItemsResult } from '@broadside/core'
import { fromNullable, toNullable } from './column-text.js'
import type { Column } from './column-value.js'
import { rowsAt } from './item-rows.js'
import { isSeq } from './item-seq.js'
import { codeOfStatus, isFailed, statusOfCode } from './item-status-code.js'
import { applyChange, JobChange } from './job-change.js'
import { recordOf } from './job-record.js'
import { type JobRow, lockJob } from './job-row.js'
import { callOnce } from './once.js'
import { CODE, readingValues, STATUS } from './reading.js'
import type { Session, Sql } from './session.js'
import { refusal } from './transition-job.js'

export async function reviseItems(session: Session, params: ReviseItemsParams): Promise<ReviseItemsResult> {
  const call = () => revise(session, params)
  return (await callOnce(session, { once: params.once, call, isDone: ({ applied }) => applied })).answer
}

export async function revise(session: Session, params: ReviseItemsParams): Promise<ReviseItemsResult> {
  const job = await lockJob(session, params.jobId)
  if (job?.status !== params.from) return { ...(await refusal(session, job)), changed: 0 }
  const change = new JobChange(job)
  let changed = 0
  for (const { status, code, number } of await reviseRows(session, job, params)) {
    change.count({ status, code, held: true }, -number)
    change.count(stateOf(params), number)
    changed += number
  }
  const { completed } = await moveJob(session, change, { params, changed })
  return { applied: true, job: await recordOf(session, job), completed, changed }
}

function stateOf({ to, code }: ReviseItemsParams) {
  return { status: to, code: to === 'error' ? code : undefined, held: false }
}

/** How many of the items that were revised read as this before. */
interface Group {
  readonly status: ItemStatus
  readonly code: string | undefined
  readonly number: number
}

async function reviseRows(session: Session, job: JobRow, params: ReviseItemsParams): Promise<readonly Group[]> {
  const { to, now, code, reason, seqs } = params
  // An open item is not settled, so there is nothing of it to revise.
  const statuses = params.statuses.filter((status) => status !== 'pending')
  const values = [...readingValues(job), statuses.map(codeOfStatus), codeOfStatus(to), now] as const
  const failure = to === 'error' ? [toNullable(code), toNullable(reason)] : [null, null]
  const rows = await session.rows<[status: string, code: Column, number: string]>(
    statementFor(job, { statuses, seqs }),
    ...values,
    ...failure,
    ...(seqs ? [seqs.filter(isSeq)] : []),
  )
  return rows.map((row) => ({
    status: statusOfCode(Number(row[0])),
    code: fromNullable(row[1]),
    number: Number(row[2]),
  }))
}

/** By the list of `seq`s, or the index of failed items, or else by looking at all of them. */
function statementFor({ closedAs }: JobRow, { statuses, seqs }: Pick<ReviseItemsParams, 'statuses' | 'seqs'>): Sql {
  if (seqs) return REVISE_LISTED
  return statuses.every((status) => isFailed(status) && status !== closedAs) ? REVISE_FAILED : REVISE_ANY
}

interface MoveParams {
  readonly params: ReviseItemsParams
  readonly changed: number
}

async function moveJob(session: Session, change: JobChange, { params, changed }: MoveParams) {
  const { jobTo, runNo, now } = params
  const moves = changed > 0 && jobTo !== undefined
  if (moves && runNo !== undefined) await session.run(SET_RUN_NO, change.job.key, runNo)
  return applyChange(session, change, { now, status: moves ? jobTo : undefined })
}

/**
 * Counts what the items read as and writes them, by one statement: both parts see the state before. `$4` is the statuses, `$5` what the
 * items become, `$6` now, `$7` and `$8` code and reason. What becomes pending loses its token: nobody's late word counts any more.
 */
function revisionOf(chosen: Sql): Sql {
  return (s) => `
    with before as (
      select ${STATUS(s)} as status, ${CODE(s)} as code, count(*) as number
      from ${s}.items as item where ${chosen(s)} group by 1, 2
    ), revised as (
      update ${s}.items as item set
        detached = true, held = false, status = $5::smallint, code = $7::text, reason = $8::text,
        next_attempt_at = case when $5::smallint = 0 then $6::float8 end,
        settled_at = case when $5::smallint <> 0 then $6::float8 end,
        attempts = case when $5::smallint = 0 then 0 else attempts end,
        trail = case when $5::smallint <> 0 then trail end,
        receipt = case when $5::smallint <> 0 then receipt end,
        token = case when $5::smallint <> 0 then token end,
        spent = $5::smallint <> 0 and spent
      where ${chosen(s)}
    )
    select status, code, number from before`
}

const REVISE_FAILED = revisionOf(
  (s) => `item.ctid = any (array(
    select failed.ctid from unnest($4::smallint[]) as wanted (failed)
    cross join lateral (select ctid from ${s}.items where job = $1 and items.failed = wanted.failed offset 0) as failed))`,
)
const REVISE_ANY = revisionOf((s) => `item.job = $1 and ${STATUS(s)} = any ($4::smallint[])`)
const REVISE_LISTED = revisionOf((s) => `item.ctid = any (${rowsAt(s, '$9')}) and ${STATUS(s)} = any ($4::smallint[])`)
const SET_RUN_NO: Sql = (s) => `update ${s}.jobs set run_no = $2 where key = $1`
