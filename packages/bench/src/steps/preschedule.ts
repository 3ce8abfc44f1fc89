import { EventLoopWatch } from '../measure/event-loop-delay.js'
import { forgetPeakMemory, peakMemoryMb } from '../measure/peak-memory.js'
import { PRESCHEDULED } from '../task.js'
import type { Step } from './step.js'

/** As many people as are prepared in a second, on a machine that is not fast, with others at work. */
const PREPARED_PER_SECOND = 5_000

/** How long after the due instant of a sending its first message goes, and whether the event loop goes round while it is prepared. */
export const preschedule: Step = async (system, { n, warmUp, seed, variant }) => {
  if (system.schedule === undefined) throw new Error('has no sendings to schedule')
  const isPrescheduled = variant === PRESCHEDULED
  const warm = await system.schedule({ count: warmUp, seed: seed + 1 }, { inSeconds: 1, isPrescheduled })
  await warm.firstSend
  await warm.end()
  const watch = new EventLoopWatch()
  await watch.start()
  forgetPeakMemory()
  const inSeconds = isPrescheduled ? 2 + Math.ceil(n / PREPARED_PER_SECOND) : 1
  const sending = await system.schedule({ count: n, seed }, { inSeconds, isPrescheduled })
  const preparingMs = await sending.prepared
  const delay = await watch.stop()
  const rssMb = peakMemoryMb()
  const ms = await sending.firstSend
  await sending.end()
  return { itemsPerSecond: null, rssMb, figures: { ms, preparingMs, ...delay } }
}
