import PQueue from 'p-queue'
import type { SendOutcome } from '../channel/outcome.js'
import type { ChannelProvider } from '../channel/provider.js'
import { retryDelayMs } from '../domain/retry-delay.js'
import type { Clock } from './clock.js'
import type { Events } from './events.js'
import { RateGate } from './rate-gate.js'

const DEFAULT_CONCURRENCY = 10
const DEFAULT_BATCH_SIZE = 100

/** How long a provider that takes nothing is left alone: doubling up to five minutes. */
const BACKOFF = { maxAttempts: 1, baseDelayMs: 1_000, maxDelayMs: 300_000 }

/** The way to one provider, shared by all that is sent through it: how much at once, how fast, and whether it takes anything at present. */
export class ProviderGate {
  readonly provider: ChannelProvider
  readonly queue: PQueue
  readonly rate: RateGate | undefined
  readonly #clock: Clock
  readonly #events: Events
  #blockedUntil = Number.NEGATIVE_INFINITY
  #failures = 0

  constructor(provider: ChannelProvider, ports: { readonly clock: Clock; readonly events: Events }) {
    this.provider = provider
    this.queue = new PQueue({ concurrency: this.concurrency })
    this.rate = provider.limits?.rate === undefined ? undefined : new RateGate(provider.limits.rate)
    this.#clock = ports.clock
    this.#events = ports.events
  }

  get concurrency(): number {
    return this.provider.limits?.concurrency ?? DEFAULT_CONCURRENCY
  }

  get batchSize(): number {
    return this.provider.sendBatch === undefined ? 1 : (this.provider.limits?.batchSize ?? DEFAULT_BATCH_SIZE)
  }

  /** The instant until which nothing is handed to it; in the past when it is open. */
  get blockedUntil(): number {
    return this.#blockedUntil
  }

  get isBlocked(): boolean {
    return this.#blockedUntil > this.#clock.now()
  }

  /** Learns from an outcome whether the provider as a whole is in trouble. */
  observe(outcome: SendOutcome): void {
    if (outcome.type === 'retryable' && outcome.scope === 'provider') this.#block(outcome)
    else if (outcome.type === 'sent' && this.#failures > 0) this.#recover()
  }

  #block(outcome: SendOutcome & { type: 'retryable' }): void {
    if (this.isBlocked) return // the others that were in flight when it happened
    this.#failures += 1
    const delayMs = outcome.retryAfterMs ?? retryDelayMs(BACKOFF, this.#failures, 1)
    this.#blockedUntil = this.#clock.now() + delayMs
    const { code, reason } = outcome
    this.#events.emit('provider:trouble', { provider: this.provider.name, code, reason, retryAt: this.#blockedUntil })
  }

  #recover(): void {
    this.#failures = 0
    this.#blockedUntil = Number.NEGATIVE_INFINITY
    this.#events.emit('provider:recovered', { provider: this.provider.name })
  }
}
