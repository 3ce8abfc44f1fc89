import PQueue from 'p-queue'
import * as z from 'zod'
import type { SendOutcome } from '../channel/outcome.js'
import type { ChannelProvider } from '../channel/provider.js'
import { parseInput } from '../domain/input.js'
import { retryDelayMs } from '../domain/retry-delay.js'
import { type Rate, rateSchema } from '../model/delivery-options.js'
import type { Clock } from './clock.js'
import type { Events } from './events.js'
import { RateGate } from './rate-gate.js'

const limitsSchema = z.looseObject({
  concurrency: z.int().min(1).default(10),
  batchSize: z.int().min(1).default(100),
  rate: rateSchema.optional(),
})
const providerSchema = z.object({ limits: limitsSchema.prefault({}) })

/** How long a provider that takes nothing is left alone: doubling up to five minutes. */
const BACKOFF = { maxAttempts: 1, baseDelayMs: 1_000, maxDelayMs: 300_000 }

/** The way to one provider, shared by all that is sent through it: how much at once, how fast, and whether it takes anything at present. */
export class ProviderGate {
  readonly provider: ChannelProvider
  readonly queue: PQueue
  readonly rate: RateGate | undefined
  readonly rateLimit: Rate | undefined
  readonly concurrency: number
  /** How many messages one call takes. */
  readonly batchSize: number
  readonly #clock: Clock
  readonly #events: Events
  /** In time for measuring: a clock that is set right makes nobody wait longer. */
  #opensAt = Number.NEGATIVE_INFINITY
  #failures = 0

  /** @throws BroadsideError `INVALID_INPUT` for limits under which nothing could ever be sent. */
  constructor(provider: ChannelProvider, ports: { readonly clock: Clock; readonly events: Events }) {
    const { limits } = parseInput(providerSchema, { limits: provider.limits }, `Provider ${provider.name}`)
    this.provider = provider
    this.concurrency = limits.concurrency
    this.batchSize = provider.sendBatch === undefined ? 1 : limits.batchSize
    this.queue = new PQueue({ concurrency: this.concurrency })
    this.rateLimit = limits.rate
    this.rate = limits.rate === undefined ? undefined : new RateGate(limits.rate)
    this.#clock = ports.clock
    this.#events = ports.events
  }

  /** The instant until which nothing is handed to it, in ms since the epoch; in the past when it is open. */
  get blockedUntil(): number {
    return this.#clock.now() + this.#opensAt - this.#clock.elapsed()
  }

  get isBlocked(): boolean {
    return this.#opensAt > this.#clock.elapsed()
  }

  /** How long until it takes something again, in ms; 0 or less when it does now. */
  get freeInMs(): number {
    return Math.max(this.#opensAt, this.rate?.freeAt() ?? Number.NEGATIVE_INFINITY) - this.#clock.elapsed()
  }

  /** Learns from an outcome whether the provider as a whole is in trouble. */
  observe(outcome: SendOutcome): void {
    if (outcome.type === 'retryable' && outcome.scope === 'provider') this.#block(outcome)
    // What was sent while it is blocked was handed to it before: no sign that it takes anything again.
    else if (outcome.type === 'sent' && this.#failures > 0 && !this.isBlocked) this.#recover()
  }

  #block(outcome: SendOutcome & { type: 'retryable' }): void {
    if (this.isBlocked) return // the others that were in flight when it happened
    this.#failures += 1
    // "Retry-After: 0" is no instruction to ask it without a pause.
    const delayMs = outcome.retryAfterMs || retryDelayMs(BACKOFF, this.#failures, 1)
    this.#opensAt = this.#clock.elapsed() + delayMs
    const { code, reason } = outcome
    this.#events.emit('provider:trouble', { provider: this.provider.name, code, reason, retryAt: this.blockedUntil })
  }

  #recover(): void {
    this.#failures = 0
    this.#opensAt = Number.NEGATIVE_INFINITY
    this.#events.emit('provider:recovered', { provider: this.provider.name })
  }
}
