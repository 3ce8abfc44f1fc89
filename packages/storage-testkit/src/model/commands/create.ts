import assert from 'node:assert/strict'
import fc from 'fast-check'
import { newJob } from '../../fixtures/new-job.js'
import { plain } from '../../fixtures/plain.js'
import { commandOf } from '../command.js'
import { isTerminalJob, type ModelJob, newModelJob, recordOf } from '../model-job.js'
import { mint, type World } from '../world.js'

/** How many jobs there are at most, and how many of them that have not come to an end. */
const MAX_JOBS = 7
const MAX_OPEN_JOBS = 4

export const PRIORITY = fc.constantFrom(1, 5, 10)

export const CREATE = commandOf('create', fc.record({ priority: PRIORITY }), async (world, params) => {
  await createJob(world, params)
})

interface CreateParams {
  readonly priority: number
}

/** Whether there may be one more job. */
export function hasRoom({ jobs }: World): boolean {
  return jobs.length < MAX_JOBS && jobs.filter((job) => !isTerminalJob(job)).length < MAX_OPEN_JOBS
}

/** Stores one more job, unless there are enough. */
export async function createJob(world: World, { priority }: CreateParams): Promise<ModelJob | undefined> {
  if (!hasRoom(world)) return undefined
  const job = newJob({ id: mint(world, 'job'), createdAt: world.now, definition: { priority } })
  const record = await world.storage.createJob({ job })
  const model = newModelJob(job)
  assert.deepEqual(plain(record), plain(recordOf(model)), 'the answer of createJob')
  world.jobs.push(model)
  world.trace.push(`create ${job.id}, priority ${priority}`)
  return model
}
