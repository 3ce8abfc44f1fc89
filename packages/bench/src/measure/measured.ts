import type { Measured } from '../result.js'
import { EventLoopWatch } from './event-loop-delay.js'
import { forgetPeakMemory, peakMemoryMb } from './peak-memory.js'

/** Does work on `n` items, and says how fast, with how much memory and CPU, and for how long the event loop stood still. */
export async function measured(n: number, work: () => Promise<void>): Promise<Measured> {
  const watch = new EventLoopWatch()
  await watch.start()
  forgetPeakMemory()
  const before = process.resourceUsage()
  const startedAt = performance.now()
  await work()
  const seconds = (performance.now() - startedAt) / 1_000
  const after = process.resourceUsage()
  const rssMb = peakMemoryMb()
  const delay = await watch.stop()
  const cpuMicros = after.userCPUTime + after.systemCPUTime - before.userCPUTime - before.systemCPUTime
  // Where others have taken the core away, a block of the event loop is partly theirs.
  const preemptionsPerSecond = (after.involuntaryContextSwitches - before.involuntaryContextSwitches) / seconds
  const figures = { seconds, cpuMicrosPerItem: cpuMicros / n, preemptionsPerSecond, ...delay }
  return { itemsPerSecond: n / seconds, rssMb, figures }
}
