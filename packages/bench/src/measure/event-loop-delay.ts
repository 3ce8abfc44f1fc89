import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'

const KNOWN_BLOCK_MS = 40
/** A busy machine makes a block longer, never shorter. */
const SEEN_AT_MOST_MS = 80

export interface EventLoopDelay {
  readonly longestBlockMs: number
  readonly delayP99Ms: number
}

/**
 * How long the event loop of this process was kept from going round.
 *
 * Node counts the time between two ticks of a timer, and counts nothing before the second tick after it was enabled or reset: a block
 * right behind either goes unseen. So it has time to settle before the work and to tick once more after it, and whether it sees a
 * block of known length in this way is tried each time before it is believed.
 */
export class EventLoopWatch {
  readonly #histogram: IntervalHistogram = monitorEventLoopDelay({ resolution: 1 })
  #isTrusted = false

  async start(): Promise<void> {
    this.#histogram.enable()
    await settle()
    block(KNOWN_BLOCK_MS)
    await settle()
    const seenMs = this.#histogram.max / 1e6
    this.#isTrusted = seenMs >= KNOWN_BLOCK_MS && seenMs <= SEEN_AT_MOST_MS
    this.#histogram.reset()
    await settle()
  }

  /** `undefined` when the known block was not seen for what it was. */
  async stop(): Promise<EventLoopDelay | undefined> {
    await settle()
    this.#histogram.disable()
    if (!this.#isTrusted) return undefined
    return { longestBlockMs: this.#histogram.max / 1e6, delayP99Ms: this.#histogram.percentile(99) / 1e6 }
  }
}

/** Several ticks of the histogram's timer. */
function settle(): Promise<void> {
  return sleep(10)
}

function block(ms: number): void {
  const until = performance.now() + ms
  while (performance.now() < until);
}
