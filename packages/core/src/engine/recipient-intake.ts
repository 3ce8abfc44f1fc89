import { addressKey } from '../domain/address-key.js'
import { type IngestPorts, planEntry } from '../domain/ingest-plan.js'
import type { RecipientEntry } from '../domain/recipient-entry.js'
import { dueByZone } from '../domain/recipient-zone.js'
import { parseSendingState, type SendingWave } from '../domain/sending-state.js'
import { waveGroupOf, wavesDue, withRestReleased, withWave } from '../domain/sending-waves.js'
import type { IngestCode } from '../model/ingest.js'
import type { JobStatus } from '../model/job.js'
import type { NewItem } from '../storage/item-record.js'
import type { JobRecord } from '../storage/job-record.js'
import type { SendingRecord } from '../storage/sending-record.js'
import type { Storage } from '../storage/storage.js'
import type { Clock } from './clock.js'
import { wayTo } from './item-routing.js'
import { restReleaseAt } from './last-due.js'
import type { Pacer } from './pacer.js'
import type { ProviderRegistry } from './provider-registry.js'
import type { SendingLease } from './sending-lease.js'
import type { FoundRecipient } from './sending-recipients.js'
import { leaseStep } from './sending-step.js'

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
  readonly #plannedAt: (zone: string | undefined) => number | undefined
  readonly #counts = new Map<number, number>()
  #waves: readonly SendingWave[]

  constructor(params: RecipientIntakeParams, ports: RecipientIntakePorts) {
    this.#params = params
    this.#ports = ports
    const { record } = params.lease
    const { inRecipientZones, waves } = parseSendingState(record.state)
    this.#waves = waves
    this.#plannedAt = inRecipientZones === undefined ? () => record.dueAt : dueByZone(inRecipientZones)
    if (params.into !== 'created') for (const { wave, items = 0 } of waves) this.#counts.set(wave, items)
  }

  /** The waves with how many items they have. */
  get waves(): SendingWave[] {
    return this.#waves.map((wave) => ({ ...wave, items: this.#counts.get(wave.wave) ?? 0 }))
  }

  /** Adds those that can be; false when the sending is somebody else's by now. */
  async add(found: readonly FoundRecipient[]): Promise<boolean> {
    const { job, into } = this.#params
    const known = this.#waves
    const { items, rejected } = await this.#plan(found)
    if (!(await this.#storeWaves(known))) return false
    const used = new Set(items.map(({ wave }) => wave))
    await this.#ports.pacer.breathe()
    const answer = await this.#ports.storage.addItems({
      jobId: job.id,
      items,
      into: [into],
      waves: wavesDue(this.#waves.filter(({ wave }) => used.has(wave))),
      rejected,
      duplicateCode: 'DUPLICATE_USER' satisfies IngestCode,
    })
    if (answer.refused !== undefined) return false
    this.#count(items, new Set(answer.duplicates))
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
    const plannedAt = this.#plannedAt(entry.timeZone)
    if (plannedAt === undefined) return PAST_IN_ZONE
    const item = withLastingId(plan.item)
    const group = waveGroupOf(this.#record.definition.experiments ?? [], item.recipient)
    const { waves, wave } = withWave(this.#waves, { group, plannedAt })
    if (waves !== this.#waves) this.#waves = this.#released(waves)
    return { ...item, wave: wave.wave, also: this.#addressesOf(entry) }
  }

  /** Who comes when the champions are known has nothing to wait for. */
  #released(waves: readonly SendingWave[]): readonly SendingWave[] {
    const { clock, zone } = this.#ports
    const state = parseSendingState(this.#record.state)
    const isDecided = state.champions.length > 0 && state.champions.every(({ variant }) => variant !== undefined)
    if (!isDecided) return waves
    const now = clock.now()
    return withRestReleased(waves, restReleaseAt({ record: this.#record, state, now, zone }) ?? now)
  }

  #addressesOf(entry: RecipientEntry): string[] {
    try {
      const way = wayTo(entry, { job: this.#params.job, providers: this.#ports.providers, failed: [] })
      return way === undefined ? [] : [addressKey(way.provider.channel, way.address, this.#ports.ingest.domainToAscii)]
    } catch {
      return [] // a provider's own addressOf threw: its item tells when it is sent
    }
  }

  /** Numbers of waves are kept before items bear them: preparing again, after a crash, comes to the same ones. */
  async #storeWaves(known: readonly SendingWave[]): Promise<boolean> {
    if (known === this.#waves) return this.#params.lease.keep()
    const waves = [...this.#waves]
    return this.#params.lease.change((record) =>
      leaseStep(record, {
        leaseUntil: this.#ports.clock.now() + this.#ports.leaseMs,
        state: { ...parseSendingState(record.state), waves },
      }),
    )
  }

  #count(items: readonly NewItem[], duplicates: ReadonlySet<number>): void {
    items.forEach(({ wave = 0 }, i) => {
      // After a crash, what is there already may be of the time before it: rather too many than too few.
      if (duplicates.has(i) && !this.#params.isRepeat) return
      this.#counts.set(wave, (this.#counts.get(wave) ?? 0) + 1)
    })
  }

  get #record(): SendingRecord {
    return this.#params.lease.record
  }
}

/** Who has no id of their own is known by their address, so that variants and previews come out the same every time. */
export function withLastingId(item: NewItem): NewItem {
  return /^(?:user|generated):/.test(item.identity) ? item : { ...item, recipient: item.identity }
}
