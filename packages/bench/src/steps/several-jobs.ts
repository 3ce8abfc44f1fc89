import { measured } from '../measure/measured.js'
import { SEVERAL, SEVERAL_QUEUES, WARM_UP_QUEUE } from '../task.js'
import { fillWarmUp, ingestAll } from './fill.js'
import type { Step } from './step.js'

/** Several jobs of equal size, run at once and drained side by side. */
export const severalJobs: Step = async (system, task) => {
  if (task.fill) await system.prepare([WARM_UP_QUEUE, ...SEVERAL_QUEUES])
  const count = Math.ceil(task.n / SEVERAL)
  await fillWarmUp(system, task)
  for (const [index, queue] of SEVERAL_QUEUES.entries()) {
    await ingestAll(system, queue, { count, seed: task.seed + 2 + index })
  }
  await system.drain([WARM_UP_QUEUE], task.warmUp)
  return measured(count * SEVERAL, () => system.drain(SEVERAL_QUEUES, count * SEVERAL))
}
