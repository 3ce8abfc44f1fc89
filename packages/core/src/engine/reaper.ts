import { decideCrash } from '../domain/outcome-decision.js'
import { parseTrail } from '../domain/trail.js'
import type { ClaimedItem } from '../storage/item-record.js'
import type { JobRecord } from '../storage/job-record.js'
import type { ReapedLease } from '../storage/lease.js'
import type { Settlement } from '../storage/settlement.js'
import type { Storage } from '../storage/storage.js'
import type { Clock } from './clock.js'
import { routeItem } from './item-routing.js'
import type { ProviderRegistry } from './provider-registry.js'

export interface ReaperPorts {
  readonly storage: Storage
  readonly clock: Clock
  readonly providers: ProviderRegistry
  readonly random: () => number
  readonly onReaped: (lease: ReapedLease) => void
}

const LEASES_AT_ONCE = 16

/** Takes over what engines that died had leased. */
export class Reaper {
  readonly #ports: ReaperPorts
  /** At start, leases of an engine that died may have run out already. */
  #dueAt: number | undefined = Number.NEGATIVE_INFINITY
  #endsAll: boolean

  constructor(ports: ReaperPorts) {
    this.#ports = ports
    // Where only one engine can be at the storage, leases found at start belong to nobody.
    this.#endsAll = !ports.storage.capabilities.shared
  }

  /** The next instant at which a lease may run out, as storage said. */
  expectAt(nextAt: number | undefined): void {
    this.#dueAt = nextAt
  }

  async reapIfDue(): Promise<void> {
    const now = this.#ports.clock.now()
    if (this.#dueAt === undefined || this.#dueAt > now) return
    const expiredAt = this.#endsAll ? Number.POSITIVE_INFINITY : now
    let reaped: readonly ReapedLease[]
    do {
      reaped = await this.#ports.storage.reap({ now, expiredAt, limit: LEASES_AT_ONCE, decide: this.#decide })
      for (const lease of reaped) this.#ports.onReaped(lease)
    } while (reaped.length === LEASES_AT_ONCE)
    this.#endsAll = false
  }

  readonly #decide = (item: ClaimedItem, job: JobRecord): Settlement => {
    const routed = routeItem(item, job, this.#ports.providers)
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
}
