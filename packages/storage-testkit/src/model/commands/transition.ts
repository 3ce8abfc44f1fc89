import assert from 'node:assert/strict'
import type { JobStatus, TransitionJobParams } from '@broadside/core'
import fc from 'fast-check'
import { plain } from '../../fixtures/plain.js'
import { commandOf } from '../command.js'
import { completeIfDone, type ModelJob, recordOf } from '../model-job.js'
import { pickJob, seekJob, type World } from '../world.js'

interface Move {
  readonly from: JobStatus
  readonly to: JobStatus
  readonly set?: TransitionJobParams['set']
}

const JOB = fc.record({ job: fc.nat() })

export const CHANNELS = fc.constantFrom(['email'], ['email', 'sms'], [])

export const RUN = commandOf('run', fc.record({ job: fc.nat(), channels: CHANNELS }), async (world, params) => {
  const job = seekJob(world, params.job, ({ status }) => status === 'created')
  if (job) await runJob(world, job, params.channels)
})

export const PAUSE = commandOf('pause', JOB, async (world, params) => {
  const job = pickJob(world, params.job)
  if (job) await move(world, job, { from: 'processing', to: 'paused' })
})

export const RESUME = commandOf('resume', JOB, async (world, params) => {
  const job = seekJob(world, params.job, ({ status }) => status === 'paused')
  if (job) await move(world, job, { from: 'paused', to: 'processing' })
})

export function runJob(world: World, job: ModelJob, channels: readonly string[]): Promise<void> {
  return move(world, job, { from: 'created', to: 'processing', set: { runNo: 1, startedAt: world.now, channels } })
}

async function move(world: World, job: ModelJob, step: Move): Promise<void> {
  const { from, to } = step
  const result = await world.storage.transitionJob({ jobId: job.id, now: world.now, ...step })
  world.trace.push(`${from} → ${to} of ${job.id}: ${result.applied}`)
  const allowed = !job.deleted && job.status === from
  const completed = allowed && applyMove(world, job, step)
  assert.deepEqual([result.applied, result.completed], [allowed, completed], 'the answer of transitionJob')
  assert.deepEqual(plain(result.job), plain(recordOf(job)), 'the job in the answer of transitionJob')
}

/** Moves the job; true when that completes it. */
export function applyMove(world: World, job: ModelJob, { to, set }: Pick<Move, 'to' | 'set'>): boolean {
  Object.assign(job, set)
  job.status = to
  return completeIfDone(job, world.now)
}
