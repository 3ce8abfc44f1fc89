import fc from 'fast-check'
import { commandOf } from '../command.js'
import type { World } from '../world.js'
import { addItems } from './add.js'
import { createJob, PRIORITY } from './create.js'
import { CHANNELS, runJob } from './transition.js'

interface LaunchParams {
  readonly priority: number
  readonly items: number
  readonly channels: readonly string[]
}

/** Stores a job, fills it and runs it, so that several go out at once. */
export const LAUNCH = commandOf(
  'launch',
  fc.record({ priority: PRIORITY, items: fc.integer({ min: 1, max: 12 }), channels: CHANNELS }),
  launchJob,
)

export async function launchJob(world: World, { priority, items, channels }: LaunchParams): Promise<void> {
  const job = await createJob(world, { priority })
  if (!job) return
  await addItems(world, job, { names: Array.from({ length: items }, (_, name) => name), bad: 0 })
  await runJob(world, job, channels)
}
