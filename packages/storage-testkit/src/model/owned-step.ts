import type { ClosingStatus, JobStatus, OwnedJobStep, SendingChange } from '@broadside/core'
import fc from 'fast-check'
import { newJob } from '../fixtures/new-job.js'
import { mostly } from './command.js'
import { DUES, type DueChoice, duesOf } from './commands/add.js'
import { applyClose } from './commands/close.js'
import { hasRoom } from './commands/create.js'
import { applyRevision } from './commands/revise.js'
import { applyMove, CHANNELS } from './commands/transition.js'
import { completeIfDone, type ModelJob, newModelJob, recordOf, setDue } from './model-job.js'
import { type ModelSending, own } from './model-sending.js'
import { mint, type World } from './world.js'

/** A step on the job of a sending, before it is known where that job stands. */
export interface StepChoice {
  readonly type: 'none' | OwnedJobStep['type']
  /** Sometimes the caller is mistaken about where the job stands. */
  readonly mistaken: boolean
  /** A transition that leads nowhere else. */
  readonly stays: boolean
  readonly dues: readonly DueChoice[]
  readonly channels: readonly string[]
  readonly closedAs: ClosingStatus
}

export const STEP: fc.Arbitrary<StepChoice> = fc.record({
  type: fc.constantFrom<StepChoice['type'][]>(
    'none',
    'create',
    'create',
    'transition',
    'transition',
    'close',
    'revise',
  ),
  mistaken: mostly(9).map((right) => !right),
  stays: fc.boolean(),
  dues: DUES,
  channels: CHANNELS,
  closedAs: fc.constantFrom<ClosingStatus[]>('cancelled', 'expired', 'error'),
})

const NEXT: { readonly [status in JobStatus]?: JobStatus } = {
  created: 'processing',
  processing: 'paused',
  paused: 'processing',
}

/** The step, where the sending stands such that it may be asked for. */
export function stepOf(world: World, { id, job }: ModelSending, choice: StepChoice): OwnedJobStep | undefined {
  if (!job) return choice.type === 'create' ? createStep(world, id) : undefined
  if (choice.type === 'none' || choice.type === 'create') return undefined
  const from = choice.mistaken ? (job.status === 'paused' ? 'created' : 'paused') : job.status
  const next = NEXT[from]
  if (choice.type === 'revise') return reviseStep(job, from)
  if (next === undefined) return undefined
  if (choice.type === 'close') {
    const { closedAs } = choice
    return { type: 'close', from, to: closedAs === 'error' ? 'failed' : 'cancelled', closedAs, code: 'X' }
  }
  const set = from === 'created' ? { runNo: 1, startedAt: world.now, channels: choice.channels } : {}
  const stays = choice.stays && from !== 'created'
  return { type: 'transition', from, to: stays ? from : next, set, waves: duesOf(world, choice.dues) }
}

/** Stores a job for a sending, if there may be one more. */
export function createStep(world: World, ownerId: string): OwnedJobStep | undefined {
  if (!hasRoom(world)) return undefined
  return { type: 'create', job: newJob({ id: mint(world, 'job'), createdAt: world.now, ownerId }) }
}

/** A closed job is never taken up again, and one that has completed moves when it is. */
function reviseStep(job: ModelJob, from: JobStatus): OwnedJobStep | undefined {
  if (job.closedAs) return undefined
  const revise = { type: 'revise', from, statuses: ['error', 'uncertain'], to: 'pending' } as const
  return job.status === 'completed' ? { ...revise, jobTo: 'processing', runNo: job.runNo + 1 } : revise
}

/** Takes the step on the model; what it answers. */
export function applyStep(world: World, sending: ModelSending, step: OwnedJobStep): SendingChange['job'] {
  if (step.type === 'create') {
    const created = newModelJob(step.job)
    world.jobs.push(created)
    own(sending, created)
    return { applied: true, job: recordOf(created), completed: false }
  }
  const { job } = sending
  if (!job || job.deleted || job.status !== step.from) return refusal(job, step)
  const done = applyTo(world, job, step)
  return { applied: true, job: recordOf(job), ...done }
}

function refusal(job: ModelJob | undefined, { type }: OwnedJobStep): SendingChange['job'] {
  const changed = type === 'revise' ? { changed: 0 } : {}
  return { applied: false, job: job && recordOf(job), completed: false, ...changed }
}

function applyTo(world: World, job: ModelJob, step: Exclude<OwnedJobStep, { type: 'create' }>) {
  const { now } = world
  switch (step.type) {
    case 'transition':
      setDue(job, step.waves)
      return { completed: applyMove(world, job, { to: step.to, set: step.set }) }
    case 'close':
      applyClose(world, job, step)
      return { completed: false }
    case 'revise': {
      const changed = applyRevision(job, { ...step, jobId: job.id, now })
      return { changed, completed: changed > 0 && completeIfDone(job, now) }
    }
  }
}
