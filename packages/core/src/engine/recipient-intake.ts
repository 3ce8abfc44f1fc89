import { addressKey, addressKeysOn } from '../domain/address-key.js'
import { type IngestPorts, planEntry } from '../domain/ingest-plan.js'
import type { RecipientEntry } from '../domain/recipient-entry.js'
import { parseSendingState, type SendingWave } from '../domain/sending-state.js'
import type { IngestCode } from '../model/ingest.js'
import type { JobStatus } from '../model/job.js'
import type { NewItem } from '../storage/item-record.js'
import type { JobRecord } from '../storage/job-record.js'
import type { Storage } from '../storage/storage.js'
import type { Clock } from './clock.js'
import { wayTo } from './item-routing.js'
import type { Pacer } from './pacer.js'
import type { ProviderRegistry } from './provider-registry.js'
import type { SendingLease } from './sending-lease.js'
import type { FoundRecipient } from './sending-recipients.js'
import { leaseStep } from './sending-step.js'
import { WaveBook } from './wave-book.js'

export interface RecipientIntakePorts {
  readonly storage: Storage
  readonly clock: Clock
  readonly pacer: Pacer
  readonly providers: ProviderRegistry
  readonly ingest: IngestPorts
  readonly leaseMs: number
  /** The engine's. */
  readonly zone: string
}

export interface RecipientIntakeParams {
  readonly lease: SendingLease
  /** With the channels that it will have. */
  readonly job: JobRecord
  /** The status in which the job takes items. */
  readonly into: JobStatus
  /** Items may be in already, from before a crash. */
  readonly isRepeat: boolean
}

/** Why a recipient was left out, counted on the job beside the codes of ingest. */
export const PAST_IN_ZONE = 'PAST_IN_ZONE'

/** Makes items of recipients and adds them to a sending's job, batch by batch, each in its wave. */
export class RecipientIntake {
  readonly #params: RecipientIntakeParams
  readonly #ports: RecipientIntakePorts
  readonly #waves: WaveBook
  /** What those given inline are reached by. */
  readonly #inline = new Set<string>()

  constructor(params: RecipientIntakeParams, ports: RecipientIntakePorts) {
    this.#params = params
    this.#ports = ports
    const { lease, isRepeat, into } = params
    this.#waves = new WaveBook({ record: lease.record, isRepeat, isAddition: into !== 'created' }, ports)
  }

  /** The waves with how many items they have. */
  get waves(): SendingWave[] {
    return this.#waves.counted
  }

  /** Adds those that can be; false when the sending is somebody else's by now. */
  async add(found: readonly FoundRecipient[]): Promise<boolean> {
    const { job, into } = this.#params
    const { items, rejected } = await this.#plan(found)
    if (!(await this.#storeWaves())) return false
    await this.#ports.pacer.breathe()
    const answer = await this.#ports.storage.addItems({
      jobId: job.id,
      items,
      into: [into],
      waves: this.#waves.dueOf(items),
      rejected,
      duplicateCode: 'DUPLICATE_USER' satisfies IngestCode,
    })
    if (answer.refused !== undefined) return false
    this.#waves.count(items, new Set(answer.duplicates))
    return true
  }

  async #plan(found: readonly FoundRecipient[]): Promise<{ items: NewItem[]; rejected: Record<string, number> }> {
    const items: NewItem[] = []
    const rejected: Record<string, number> = {}
    for (const one of found) {
      const item = one.ok ? this.#itemOf(one.entry) : one.code
      if (typeof item === 'string') rejected[item] = (rejected[item] ?? 0) + 1
      else items.push(item)
      if (this.#ports.pacer.isDue) await this.#ports.pacer.breathe()
    }
    return { items, rejected }
  }

  /** The item, or why there is none. */
  #itemOf(entry: RecipientEntry): NewItem | string {
    const plan = planEntry(entry, this.#ports.ingest)
    if (!plan.ok) return plan.code
    const plannedAt = this.#waves.plannedAt(entry.timeZone)
    if (plannedAt === undefined) return PAST_IN_ZONE
    const item = withLastingId(plan.item)
    return { ...item, wave: this.#waves.waveOf(item.recipient, plannedAt), also: this.#addressesOf(entry) }
  }

  /** Where it is reached, and of a member also what somebody given inline, who goes first, is reached by: that is the same person. */
  #addressesOf(entry: RecipientEntry): readonly string[] {
    const { job } = this.#params
    const own = this.#wayKeyOf(entry)
    if (entry.to?.member_id === undefined) {
      for (const key of own) this.#inline.add(key)
      return own
    }
    if (this.#inline.size === 0) return own
    const all = addressKeysOn(entry, job.channels, this.#ports.ingest.domainToAscii)
    return [...new Set([...own, ...all.filter((key) => this.#inline.has(key))])]
  }

  #wayKeyOf(entry: RecipientEntry): readonly string[] {
    try {
      const way = wayTo(entry, { job: this.#params.job, providers: this.#ports.providers, failed: [] })
      return way === undefined ? [] : [addressKey(way.provider.channel, way.address, this.#ports.ingest.domainToAscii)]
    } catch {
      return [] // a provider's own addressOf threw: its item tells when it is sent
    }
  }

  /** Numbers of waves are kept before items bear them: preparing again, after a crash, comes to the same ones. */
  async #storeWaves(): Promise<boolean> {
    const { lease } = this.#params
    const waves = this.#waves.takeNew()
    if (waves === undefined) return lease.keep()
    return lease.change((record) =>
      leaseStep(record, {
        leaseUntil: this.#ports.clock.now() + this.#ports.leaseMs,
        state: { ...parseSendingState(record.state), waves: [...waves] },
      }),
    )
  }
}

/** Who has no id of their own is known by their address, so that variants and previews come out the same every time. */
export function withLastingId(item: NewItem): NewItem {
  return /^(?:user|generated):/.test(item.identity) ? item : { ...item, recipient: item.identity }
}
