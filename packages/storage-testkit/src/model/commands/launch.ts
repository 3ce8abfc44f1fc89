import fc from 'fast-check'
import { commandOf } from '../command.js'
import type { World } from '../world.js'
import { addItems, DUES, type DueChoice } from './add.js'
import { createJob, PRIORITY } from './create.js'
import { CHANNELS, runJob } from './transition.js'

interface LaunchParams {
  readonly priority: number
  readonly items: number
  readonly channels: readonly string[]
  /** Over how many waves its items are spread, where there are waves. */
  readonly waves: number
  readonly dues: readonly DueChoice[]
}

/** Stores a job, fills it and runs it, so that several go out at once. */
export const LAUNCH = commandOf(
  'launch',
  fc.record({
    priority: PRIORITY,
    items: fc.integer({ min: 1, max: 12 }),
    channels: CHANNELS,
    waves: fc.integer({ min: 1, max: 3 }),
    dues: DUES,
  }),
  launchJob,
)

/** Items named by number, in waves in turn. */
export function spread(items: number, waves: number) {
  return { items: Array.from({ length: items }, (_, name) => ({ name, wave: name % waves, also: [] })), bad: 0 }
}

export async function launchJob(world: World, { priority, items, channels, waves, dues }: LaunchParams): Promise<void> {
  const job = await createJob(world, { priority })
  if (!job) return
  await addItems(world, job, { ...spread(items, waves), dues })
  await runJob(world, job, channels)
}
