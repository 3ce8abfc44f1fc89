import { measured } from '../measure/measured.js'
import { MAIN_QUEUE, WARM_UP_QUEUE } from '../task.js'
import { fillWhereEmpty } from './fill.js'
import type { Step } from './step.js'

/** Everybody is sent to, from `run` to the end of the job. */
export const drain: Step = async (system, task) => {
  await fillWhereEmpty(system, task)
  await system.drain([WARM_UP_QUEUE], task.warmUp)
  return measured(task.n, () => system.drain([MAIN_QUEUE], task.n))
}
