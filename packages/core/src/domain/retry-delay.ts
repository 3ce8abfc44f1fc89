import type { RetryPolicy } from '../model/delivery-options.js'

/** From 1 ms, this many doublings go beyond any bound; some more and 0 ms doubled is not a number. */
const MAX_DOUBLINGS = 64

/** The longest delay before attempt `attempts + 1`, in ms: `baseDelayMs`, doubled for each attempt made, up to `maxDelayMs`. */
export function maxRetryDelayMs(policy: RetryPolicy, attempts: number): number {
  const doublings = Math.min(Math.max(0, attempts - 1), MAX_DOUBLINGS)
  return Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** doublings)
}

/**
 * The delay before the next attempt, in ms, with full jitter: anywhere between 0 and its bound, so that items that failed together do not come back together.
 * Source: "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 */
export function retryDelayMs(policy: RetryPolicy, attempts: number, random: number): number {
  const share = random >= 0 && random <= 1 ? random : 1 // the host's own source may not keep to its range
  return Math.floor(share * maxRetryDelayMs(policy, attempts))
}
