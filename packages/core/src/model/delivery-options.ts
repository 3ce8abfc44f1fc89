import * as z from 'zod'
import { nameSchema } from './name.js'
import { storedBagSchema } from './stored-json.js'

/** No instant that follows from it leaves the range of dates, or makes sense later. */
const LONGEST_DELAY_MS = 365 * 24 * 3_600_000

/** How often and how far apart an item is tried again. Full jitter: each delay is drawn between 0 and its bound. */
export const retryPolicySchema = z.strictObject({
  /** Attempts in all, the first included. */
  maxAttempts: z.int().min(1).max(1000).default(5),
  /** Bound of the first delay, in ms; it doubles with each attempt. */
  baseDelayMs: z.int().min(0).max(LONGEST_DELAY_MS).default(1_000),
  /** Bound that no delay exceeds, in ms; a year at most. */
  maxDelayMs: z.int().min(0).max(LONGEST_DELAY_MS).default(3_600_000),
})

/** At most `limit` messages in any period of `intervalMs`. */
export const rateSchema = z.strictObject({
  limit: z.int().min(1),
  intervalMs: z.int().min(1).default(1_000),
})

/** Options that jobs and sendings share. */
export const deliveryOptionsShape = {
  name: nameSchema.optional(),
  tags: z.array(nameSchema).max(100).default([]),
  /** `transactional`, `promotional`, or the host's own word. */
  classification: nameSchema.optional(),
  /** 1 to 10; ten goes first. */
  priority: z.int().min(1).max(10).default(5),
  rate: rateSchema.optional(),
  /** Name of the provider to use where a channel has several. */
  transport: nameSchema.optional(),
  /** Selects and orders channels; unlisted ones are not used. */
  channelsPreference: z.array(nameSchema).min(1).optional(),
  retry: retryPolicySchema.prefault({}),
  /** What to do when nobody knows whether an item went out: send it again with the same `messageId`, or hold it. */
  onUncertain: z.enum(['resend', 'hold']).default('resend'),
  /** The host's own notes; never rendered. */
  metadata: storedBagSchema.optional(),
} as const

export type RetryPolicy = z.infer<typeof retryPolicySchema>
export type Rate = z.infer<typeof rateSchema>
export type OnUncertain = 'resend' | 'hold'
