import { measured } from '../measure/measured.js'
import { MAIN_QUEUE, WARM_UP_QUEUE } from '../task.js'
import { fillWarmUp, ingestAll } from './fill.js'
import type { Step } from './step.js'

/** People come in. What is filled here is drained by other processes. */
export const ingest: Step = async (system, task) => {
  if (task.fill) await system.prepare([WARM_UP_QUEUE, MAIN_QUEUE])
  await fillWarmUp(system, task)
  return measured(task.n, () => ingestAll(system, MAIN_QUEUE, { count: task.n, seed: task.seed }))
}
