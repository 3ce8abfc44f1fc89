import { forgetPeakMemory, peakMemoryMb } from '../measure/peak-memory.js'
import type { Step } from './step.js'

/** What is still going on in a process that has nothing to do. It sets no timer itself: it is told when to look. */
export const idle: Step = async (system, _task, parent) => {
  await system.idle?.()
  await parent.ready()
  forgetPeakMemory()
  const startedAt = performance.now()
  const cpuBefore = process.cpuUsage()
  const switchesBefore = process.resourceUsage().voluntaryContextSwitches
  await parent.ready()
  const timers = process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length
  const seconds = (performance.now() - startedAt) / 1_000
  const { user, system: kernel } = process.cpuUsage(cpuBefore)
  const switches = process.resourceUsage().voluntaryContextSwitches - switchesBefore
  return {
    itemsPerSecond: null,
    rssMb: peakMemoryMb(),
    figures: { timers, cpuMsPerSecond: (user + kernel) / 1_000 / seconds, wakeUpsPerSecond: switches / seconds },
  }
}
