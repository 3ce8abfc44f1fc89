import type { RetryPolicy } from '../model/delivery-options.js'

/** The longest delay before attempt `attempts + 1`, in ms: `baseDelayMs`, doubled for each attempt made, up to `maxDelayMs`. */
export function maxRetryDelayMs(policy: RetryPolicy, attempts: number): number {
  return Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** Math.max(0, attempts - 1))
}

/**
 * The delay before the next attempt, in ms, with full jitter: anywhere between 0 and its bound, so that items that failed together do not come back together.
 * Source: "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 */
export function retryDelayMs(policy: RetryPolicy, attempts: number, random: number): number {
  return Math.floor(random * maxRetryDelayMs(policy, attempts))
}
