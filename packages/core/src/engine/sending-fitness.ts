import type { AudienceSource } from '../audience/audience-source.js'
import { type BroadsideError, isBroadsideError } from '../model/error.js'
import type { SendingRecord } from '../storage/sending-record.js'
import type { Storage } from '../storage/storage.js'
import type { ChampionPicker } from './champion-picker.js'
import type { Events } from './events.js'
import { refuseMissingProviders } from './job-fitness.js'
import type { ProviderRegistry } from './provider-registry.js'
import { offeredChannels } from './run-preparation.js'
import { requireAudienceSource, requirePicker, unborn } from './sending-checks.js'

export interface SendingFitnessPorts {
  readonly storage: Storage
  readonly providers: ProviderRegistry
  readonly audienceSource: AudienceSource | undefined
  readonly pickChampion: ChampionPicker | undefined
  readonly events: Events
}

/**
 * Of several engines, one that lacks what a sending needs leaves it to the others, and tells so once. One that is alone takes it up all the same, and
 * tells what is missing each time that it tries.
 */
export class SendingFitness {
  readonly #ports: SendingFitnessPorts
  readonly #told = new Set<string>()

  constructor(ports: SendingFitnessPorts) {
    this.#ports = ports
  }

  /** Whether it carries the sending's channels, and knows its audience. */
  canPrepare(record: SendingRecord): boolean {
    return this.#mayTake(record, () => {
      this.#refuseMissingChannels(record)
      requireAudienceSource(record.id, record.definition, this.#ports.audienceSource)
    })
  }

  /** What it lacks to carry a sending that is under way; told once, also by one that is alone: nobody asks it to. */
  lackOf(record: SendingRecord): BroadsideError | undefined {
    return this.#lackBy(record, () => this.#refuseMissingChannels(record))
  }

  /** Whether it has somebody to pick the champions of the sending. */
  canPick(record: SendingRecord): boolean {
    return this.#mayTake(record, () => requirePicker(record.id, record.definition, this.#ports.pickChampion))
  }

  #refuseMissingChannels(record: SendingRecord): void {
    const { providers } = this.#ports
    const job = unborn(record)
    refuseMissingProviders(job, offeredChannels(job, providers), providers)
  }

  #mayTake(record: SendingRecord, refuseUnfit: () => void): boolean {
    return !this.#ports.storage.capabilities.shared || this.#lackBy(record, refuseUnfit) === undefined
  }

  #lackBy(record: SendingRecord, refuseUnfit: () => void): BroadsideError | undefined {
    try {
      refuseUnfit()
      return undefined
    } catch (error) {
      if (!isBroadsideError(error)) throw error
      const lack = `${error.code} ${record.id}`
      if (!this.#told.has(lack)) this.#ports.events.emit('sending:unfit', { sendingId: record.id, error })
      this.#told.add(lack)
      return error
    }
  }
}
