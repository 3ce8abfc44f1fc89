import type { AudienceSource } from '../audience/audience-source.js'
import { usableChannels } from '../domain/channel-choice.js'
import { isBroadsideError } from '../model/error.js'
import type { SendingRecord } from '../storage/sending-record.js'
import type { Storage } from '../storage/storage.js'
import type { Events } from './events.js'
import { refuseMissingProviders } from './job-fitness.js'
import type { ProviderRegistry } from './provider-registry.js'
import { namedChannels } from './run-preparation.js'
import { requireAudienceSource, unborn } from './sending-checks.js'

export interface SendingFitnessPorts {
  readonly storage: Storage
  readonly providers: ProviderRegistry
  readonly audienceSource: AudienceSource | undefined
  readonly events: Events
}

/** Of several engines, one that lacks the channels of a sending, or does not know its audience, leaves it to the others. Each is told of once. */
export class SendingFitness {
  readonly #ports: SendingFitnessPorts
  readonly #told = new Set<string>()

  constructor(ports: SendingFitnessPorts) {
    this.#ports = ports
  }

  isFit(record: SendingRecord): boolean {
    const { storage, events } = this.#ports
    if (!storage.capabilities.shared) return true
    try {
      this.#refuseUnfit(record)
      return true
    } catch (error) {
      if (!isBroadsideError(error)) throw error
      if (!this.#told.has(record.id)) events.emit('sending:unfit', { sendingId: record.id, error })
      this.#told.add(record.id)
      return false
    }
  }

  #refuseUnfit(record: SendingRecord): void {
    const { providers, audienceSource } = this.#ports
    const job = unborn(record)
    const { message, channelsPreference: preference } = job.definition
    const channels = usableChannels({ channels: namedChannels(message) ?? providers.channels, preference })
    refuseMissingProviders(job, channels, providers)
    requireAudienceSource(record.id, record.definition, audienceSource)
  }
}
