import { forgetPeakMemory, peakMemoryMb } from '../measure/peak-memory.js'
import { preciseNow } from '../systems/system.js'
import { MAIN_QUEUE } from '../task.js'
import type { Step } from './step.js'

/** One of several processes that drain one job. What it tells is its share; the rate is reckoned by whoever has them all. */
export const fourWorkers: Step = async (system, _task, parent) => {
  if (system.share === undefined) throw new Error('can not share a queue')
  await parent.ready()
  forgetPeakMemory()
  const startedAt = preciseNow()
  const { count, lastDoneAt } = await system.share(MAIN_QUEUE)
  return { itemsPerSecond: null, rssMb: peakMemoryMb(), figures: { startedAt, count, lastDoneAt } }
}
