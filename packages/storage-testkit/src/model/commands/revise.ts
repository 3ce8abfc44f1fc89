import assert from 'node:assert/strict'
import { type ItemStatus, isBroadsideError, type ReviseItemsParams } from '@broadside/core'
import fc from 'fast-check'
import { plain } from '../../fixtures/plain.js'
import { commandOf, mostly } from '../command.js'
import type { ModelItem } from '../model-item.js'
import { completeIfDone, type ModelJob, recordOf } from '../model-job.js'
import { pick, seekJob, type World } from '../world.js'

interface ReviseCommand {
  readonly job: number
  readonly statuses: readonly ItemStatus[]
  readonly to: ReviseItemsParams['to']
  readonly picks: readonly number[] | undefined
  readonly mistaken: boolean
}

export const REVISE = commandOf(
  'revise',
  fc.record({
    job: fc.nat(),
    statuses: fc.subarray<ItemStatus>(['error', 'uncertain', 'skipped'], { minLength: 1 }),
    to: fc.constantFrom<ReviseItemsParams['to'][]>('pending', 'enqueued', 'error'),
    picks: fc.option(fc.array(fc.nat({ max: 20 }), { maxLength: 4 }), { nil: undefined }),
    mistaken: mostly(9).map((right) => !right),
  }),
  reviseItems,
)

async function reviseItems(world: World, command: ReviseCommand): Promise<void> {
  const has = ({ status }: ModelItem) => command.statuses.includes(status)
  const job = seekJob(world, command.job, ({ items, deleted }) => !deleted && items.some(has))
  if (!job) return
  const params = paramsOf(world, job, command)
  if (params.statuses.length === 0) return
  const result = await world.storage.reviseItems(params).catch((error: unknown) => {
    assert.ok(job.deleted && isBroadsideError(error, 'JOB_NOT_FOUND'), String(error))
    return { applied: false, changed: 0, completed: false, job: undefined }
  })
  world.trace.push(`revise ${params.statuses} of ${job.id} to ${params.to}, ${params.seqs ?? 'all'}: ${result.changed}`)
  const allowed = !job.deleted && job.status === params.from
  const changed = allowed ? applyRevision(job, params) : 0
  const completed = changed > 0 && completeIfDone(job, world.now)
  const answer = { applied: result.applied, changed: result.changed, completed: result.completed }
  assert.deepEqual(answer, { applied: allowed, changed, completed }, 'the answer of reviseItems')
  assert.deepEqual(plain(result.job), plain(recordOf(job)), 'the job in the answer of reviseItems')
}

/** What core would ask for: a closed job is never taken up again, and one that has completed moves when it is. */
function paramsOf(world: World, job: ModelJob, { statuses, to, picks, mistaken }: ReviseCommand): ReviseItemsParams {
  const other = job.status === 'paused' ? 'created' : 'paused'
  const asked = job.closedAs ? statuses.filter((status) => status === 'uncertain') : statuses
  const target = job.closedAs && to === 'pending' ? 'enqueued' : to
  const settled = job.items.filter(({ status }) => status !== 'pending' && status !== 'enqueued')
  return {
    jobId: job.id,
    from: mistaken ? other : job.status,
    statuses: asked.filter((status) => status !== target),
    seqs: picks?.flatMap((number) => pick(number % 4 === 0 ? job.items : settled, number)?.seq ?? []),
    to: target,
    now: world.now,
    ...(target === 'error' ? { code: 'DROPPED', reason: 'by hand' } : {}),
    ...(target === 'pending' && job.status === 'completed' ? { jobTo: 'processing', runNo: job.runNo + 1 } : {}),
  }
}

/** The items that a revision changes. */
export function revisableItems(
  job: ModelJob,
  { statuses, seqs }: Pick<ReviseItemsParams, 'statuses' | 'seqs'>,
): readonly ModelItem[] {
  return job.items.filter(({ seq, status }) => statuses.includes(status) && (seqs?.includes(seq) ?? true))
}

/** Revises the items, and moves the job; how many have changed. */
export function applyRevision(job: ModelJob, params: ReviseItemsParams): number {
  const { jobTo, runNo } = params
  const items = revisableItems(job, params)
  for (const item of items) reviseItem(item, params)
  if (jobTo && items.length > 0) Object.assign(job, { status: jobTo, runNo, finishedAt: undefined })
  return items.length
}

function reviseItem(item: ModelItem, { to, code, reason, now }: ReviseItemsParams): void {
  Object.assign(item, { status: to, code, revised: true, reason: to === 'error' ? reason : undefined })
  item.free.clear()
  item.free.add('channel').add('receipt')
  if (to === 'pending') {
    Object.assign(item, { attempts: 0, trail: undefined, settledAt: undefined, source: 'retries', dueAt: now })
  } else {
    item.free.add('settledAt')
  }
}
