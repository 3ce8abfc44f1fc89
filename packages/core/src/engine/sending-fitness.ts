import type { AudienceSource } from '../audience/audience-source.js'
import { usableChannels } from '../domain/channel-choice.js'
import { isBroadsideError } from '../model/error.js'
import type { SendingRecord } from '../storage/sending-record.js'
import type { Storage } from '../storage/storage.js'
import type { ChampionPicker } from './champion-picker.js'
import type { Events } from './events.js'
import { refuseMissingProviders } from './job-fitness.js'
import type { ProviderRegistry } from './provider-registry.js'
import { namedChannels } from './run-preparation.js'
import { requireAudienceSource, requirePicker, unborn } from './sending-checks.js'

export interface SendingFitnessPorts {
  readonly storage: Storage
  readonly providers: ProviderRegistry
  readonly audienceSource: AudienceSource | undefined
  readonly pickChampion: ChampionPicker | undefined
  readonly events: Events
}

/**
 * Of several engines, one that lacks what a sending needs leaves it to the others. Each is told of once. One that is alone takes it up all the same,
 * and tells what is missing each time that it tries.
 */
export class SendingFitness {
  readonly #ports: SendingFitnessPorts
  readonly #told = new Set<string>()

  constructor(ports: SendingFitnessPorts) {
    this.#ports = ports
  }

  /** Whether it carries the sending's channels, and knows its audience. */
  canPrepare(record: SendingRecord): boolean {
    return this.#isFit(record, () => {
      const { providers, audienceSource } = this.#ports
      const job = unborn(record)
      const { message, channelsPreference: preference } = job.definition
      const channels = usableChannels({ channels: namedChannels(message) ?? providers.channels, preference })
      refuseMissingProviders(job, channels, providers)
      requireAudienceSource(record.id, record.definition, audienceSource)
    })
  }

  /** Whether it has somebody to pick the champions of the sending. */
  canPick(record: SendingRecord): boolean {
    return this.#isFit(record, () => requirePicker(record.id, record.definition, this.#ports.pickChampion))
  }

  #isFit(record: SendingRecord, refuseUnfit: () => void): boolean {
    if (!this.#ports.storage.capabilities.shared) return true
    try {
      refuseUnfit()
      return true
    } catch (error) {
      if (!isBroadsideError(error)) throw error
      if (!this.#told.has(record.id)) this.#ports.events.emit('sending:unfit', { sendingId: record.id, error })
      this.#told.add(record.id)
      return false
    }
  }
}
