import assert from 'node:assert/strict'
import type { CloseJobParams, ClosingStatus, JobStatus } from '@broadside/core'
import fc from 'fast-check'
import { plain } from '../../fixtures/plain.js'
import { commandOf, mostly } from '../command.js'
import { type ModelJob, recordOf } from '../model-job.js'
import { closeItem } from '../outcomes.js'
import { pickJob, type World } from '../world.js'

interface CloseParams {
  readonly job: number
  readonly closedAs: ClosingStatus
  readonly code: string | undefined
  /** Sometimes the caller is mistaken about where the job stands. */
  readonly mistaken: boolean
}

export const CLOSE = commandOf(
  'close',
  fc.record({
    job: fc.nat(),
    closedAs: fc.constantFrom<ClosingStatus[]>('cancelled', 'expired', 'error'),
    code: fc.option(fc.constantFrom('JOB_FAILED', 'X'), { nil: undefined }),
    mistaken: mostly(9).map((right) => !right),
  }),
  closeJob,
)

const CLOSABLE: readonly JobStatus[] = ['created', 'processing', 'paused']

async function closeJob(world: World, { job: number, closedAs, code, mistaken }: CloseParams): Promise<void> {
  const job = pickJob(world, number)
  if (!job) return
  const other = job.status === 'paused' ? 'processing' : 'paused'
  const from = mistaken || !CLOSABLE.includes(job.status) ? other : job.status
  const to = closedAs === 'error' ? 'failed' : 'cancelled'
  const result = await world.storage.closeJob({ jobId: job.id, from, to, closedAs, code, now: world.now })
  world.trace.push(`close ${job.id} as ${closedAs} ${code ?? ''} from ${from}: ${result.applied}`)
  const allowed = !job.deleted && job.status === from
  if (allowed) {
    applyClose(world, job, { to, closedAs, code })
  }
  assert.deepEqual([result.applied, result.completed], [allowed, false], 'the answer of closeJob')
  assert.deepEqual(plain(result.job), plain(recordOf(job)), 'the job in the answer of closeJob')
}

export function applyClose(
  { now }: World,
  job: ModelJob,
  { to, closedAs, code }: Pick<CloseJobParams, 'to' | 'closedAs' | 'code'>,
): void {
  Object.assign(job, { status: to, closedAs, closedCode: code, finishedAt: now })
  for (const item of job.items) if (item.status === 'pending' && item.holder === undefined) closeItem(job, item)
}
