import type { Rate } from '../model/delivery-options.js'

/** So many messages at one instant. */
export interface Burst {
  readonly at: number
  readonly count: number
}

/** What a limit remembers: its last messages, at most `limit` of them, oldest first. */
export type RateWindow = readonly Burst[]

export interface DrainParams {
  readonly rate: Rate
  /** Of the messages that went before; empty at first. */
  readonly window: RateWindow
  /** How many messages there are; at least one. */
  readonly count: number
  /** When they are due; not before what went before. */
  readonly from: number
}

export interface Drained {
  readonly firstAt: number
  readonly lastAt: number
  readonly window: RateWindow
}

/**
 * When messages go out, each as soon as no period of `intervalMs` has more than `limit`: message n waits for `intervalMs` to pass
 * after message n - `limit`. The work does not grow with their number.
 */
export function drain({ rate, window, count, from }: DrainParams): Drained {
  const round = firstRound({ rate, window, from })
  // Once each of the last `limit` messages is one of these, a round is the one before, put off by an interval.
  const fullRounds = Math.floor((count - 1) / rate.limit)
  const gone = fullRounds === 0 ? window : shifted(round, (fullRounds - 1) * rate.intervalMs)
  const last = taken(shifted(round, fullRounds * rate.intervalMs), count - fullRounds * rate.limit)
  return {
    firstAt: round[0]?.at ?? from,
    lastAt: last.at(-1)?.at ?? from,
    window: latest([...gone, ...last], rate.limit),
  }
}

/** When the next `limit` messages can go out. */
function firstRound({ rate, window, from }: Omit<DrainParams, 'count'>): Burst[] {
  const used = window.reduce((sum, { count }) => sum + count, 0)
  const free = { at: from, count: rate.limit - used }
  const freed = window.map(({ at, count }) => ({ at: Math.max(from, at + rate.intervalMs), count }))
  return [free, ...freed].filter(({ count }) => count > 0)
}

function shifted(bursts: readonly Burst[], byMs: number): Burst[] {
  return bursts.map(({ at, count }) => ({ at: at + byMs, count }))
}

function taken(bursts: readonly Burst[], wanted: number): Burst[] {
  let left = wanted
  return bursts.flatMap(({ at, count }) => {
    const share = Math.min(count, left)
    left -= share
    return share > 0 ? [{ at, count: share }] : []
  })
}

function latest(bursts: readonly Burst[], limit: number): Burst[] {
  return taken(bursts.toReversed(), limit).reverse()
}
