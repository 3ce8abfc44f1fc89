import { measured } from '../measure/measured.js'
import { MAIN_QUEUE, WARM_UP_QUEUE } from '../task.js'
import { fillWarmUp, ingestAll } from './fill.js'
import type { Step } from './step.js'

/** People come in, and everybody is sent to, in one process. */
export const endToEnd: Step = async (system, task) => {
  if (task.fill) await system.prepare([WARM_UP_QUEUE, MAIN_QUEUE])
  await fillWarmUp(system, task)
  await system.drain([WARM_UP_QUEUE], task.warmUp)
  return measured(task.n, async () => {
    await ingestAll(system, MAIN_QUEUE, { count: task.n, seed: task.seed })
    await system.drain([MAIN_QUEUE], task.n)
  })
}
