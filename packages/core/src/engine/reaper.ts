import { decideCrash } from '../domain/outcome-decision.js'
import { parseTrail } from '../domain/trail.js'
import type { ClaimedItem } from '../storage/item-record.js'
import type { JobRecord } from '../storage/job-record.js'
import type { ReapedLease } from '../storage/lease.js'
import type { Settlement } from '../storage/settlement.js'
import type { Storage } from '../storage/storage.js'
import type { Clock } from './clock.js'
import { type RoutedItem, routeItem } from './item-routing.js'
import type { ProviderRegistry } from './provider-registry.js'

export interface ReaperPorts {
  readonly storage: Storage
  readonly clock: Clock
  readonly providers: ProviderRegistry
  readonly random: () => number
  readonly leaseMs: number
  readonly onReaped: (lease: ReapedLease) => void
}

/** A lease may hold a thousand items that have started: one a call keeps each transaction short. */
const LEASES_AT_ONCE = 1

/** Takes over what engines that died had leased. */
export class Reaper {
  readonly #ports: ReaperPorts
  /** The earliest instant at which a lease may run out. At start, those of an engine that died may have run out already. */
  #dueAt = Number.NEGATIVE_INFINITY
  #lookedAt = Number.NEGATIVE_INFINITY
  #endsAll: boolean

  constructor(ports: ReaperPorts) {
    this.#ports = ports
    // Where only one engine can be at the storage, leases found at start belong to nobody.
    this.#endsAll = !ports.storage.capabilities.shared
  }

  /** When to reap next, as far as is known. */
  get dueAt(): number | undefined {
    return Number.isFinite(this.#dueAt) ? this.#dueAt : undefined
  }

  /**
   * What storage said at `now` about the next instant. The first look after a reap has to be of the same `now`: a lease that ends between
   * the two would be too early for the one and past for the other. What was expected before and is not due yet is forgotten: that lease may
   * be gone.
   */
  expectAt(now: number, nextAt: number | undefined): void {
    this.#lookedAt = now
    if (this.#dueAt > now) this.#dueAt = nextAt ?? Number.POSITIVE_INFINITY
  }

  /** Reaps when a lease may have run out by `now`: a known one, or one that was made and ran out since the last look. */
  async reapIfDue(now: number): Promise<void> {
    if (this.#dueAt > now && now - this.#lookedAt < this.#ports.leaseMs) return
    const expiredAt = this.#endsAll ? Number.POSITIVE_INFINITY : now
    let reaped: readonly ReapedLease[]
    do {
      reaped = await this.#ports.storage.reap({ now, expiredAt, limit: LEASES_AT_ONCE, decide: this.#decide })
      for (const lease of reaped) this.#ports.onReaped(lease)
    } while (reaped.length === LEASES_AT_ONCE)
    this.#endsAll = false
    this.#dueAt = Number.POSITIVE_INFINITY
  }

  readonly #decide = (item: ClaimedItem, job: JobRecord): Settlement => {
    const routed = this.#route(item, job)
    const { retry, onUncertain } = job.definition
    return decideCrash({
      seq: item.seq,
      attempts: item.attempts,
      trail: routed?.trail ?? parseTrail(item.trail),
      channel: routed?.provider.channel ?? job.channels[0] ?? 'unknown',
      hasFallback: routed?.hasFallback ?? false,
      policy: retry,
      onUncertain,
      now: this.#ports.clock.now(),
      random: this.#ports.random(),
      isClosed: job.closedAs !== undefined,
    })
  }

  /** One recipient that a provider's own `addressOf` chokes on must not keep all leases from being taken over. */
  #route(item: ClaimedItem, job: JobRecord): RoutedItem | undefined {
    try {
      return routeItem(item, job, this.#ports.providers)
    } catch {
      return undefined
    }
  }
}
