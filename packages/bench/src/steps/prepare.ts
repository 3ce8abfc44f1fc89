import { MAIN_QUEUE, SEVERAL_QUEUES, WARM_UP_QUEUE } from '../task.js'
import { NOTHING_MEASURED, type Step } from './step.js'

/** Makes tables, jobs and queues. */
export const prepare: Step = async (system) => {
  await system.prepare([WARM_UP_QUEUE, MAIN_QUEUE, ...SEVERAL_QUEUES])
  return NOTHING_MEASURED
}
