import type { Timers } from '../src/index.js'

/** Timers under the test's control: turns and delays are real turns of the event loop, and the clock goes as it is told. */
export interface ManualTimers extends Timers {
  /** How far the clock goes on each time it is looked at, in ms. */
  stepMs: number
  turns: number
  delays: number[]
  /** The ticks that `every` was asked for and that were not stopped. */
  readonly ticks: Set<() => void>
}

export function manualTimers(): ManualTimers {
  let now = 0
  const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve))
  const timers: ManualTimers = {
    stepMs: 0,
    turns: 0,
    delays: [],
    ticks: new Set(),
    delay: async (ms) => {
      timers.delays.push(ms)
      now += ms
      await nextTurn()
    },
    turn: async () => {
      timers.turns += 1
      await nextTurn()
    },
    every: (_ms, tick) => {
      timers.ticks.add(tick)
      return () => timers.ticks.delete(tick)
    },
    elapsed: () => {
      now += timers.stepMs
      return now
    },
  }
  return timers
}
