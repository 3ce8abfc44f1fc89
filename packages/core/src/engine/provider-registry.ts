import type { ChannelProvider } from '../channel/provider.js'
import { BroadsideError } from '../model/error.js'

/** The providers of an engine, found by channel and by name. The first of a channel is its default. */
export class ProviderRegistry {
  readonly #providers: readonly ChannelProvider[]
  readonly #byChannel: ReadonlyMap<string, readonly ChannelProvider[]>

  /** @throws BroadsideError `INVALID_INPUT` when a provider can't send or two share a name. */
  constructor(providers: readonly ChannelProvider[]) {
    const names = new Set<string>()
    for (const provider of providers) {
      if (
        typeof provider?.channel !== 'string' ||
        typeof provider.name !== 'string' ||
        !(provider.send || provider.sendBatch)
      ) {
        throw new BroadsideError(
          'INVALID_INPUT',
          'A provider needs a channel, a name, and send or sendBatch; see docs/writing-a-channel.md.',
        )
      }
      if (names.has(provider.name)) {
        throw new BroadsideError(
          'INVALID_INPUT',
          `Two providers are named ${provider.name}. Give each a name of its own.`,
        )
      }
      names.add(provider.name)
    }
    this.#providers = providers
    this.#byChannel = new Map(
      this.channels.map((channel) => [channel, providers.filter((provider) => provider.channel === channel)]),
    )
  }

  get all(): readonly ChannelProvider[] {
    return this.#providers
  }

  /** In the order in which their first providers were given. */
  get channels(): string[] {
    return [...new Set(this.#providers.map((provider) => provider.channel))]
  }

  /** The provider of `channel`: the one named `transport` if it carries that channel, otherwise the default. */
  find(channel: string, transport: string | undefined): ChannelProvider | undefined {
    const ofChannel = this.#byChannel.get(channel)
    return ofChannel?.find((provider) => provider.name === transport) ?? ofChannel?.[0]
  }

  named(name: string): ChannelProvider | undefined {
    return this.#providers.find((provider) => provider.name === name)
  }
}
