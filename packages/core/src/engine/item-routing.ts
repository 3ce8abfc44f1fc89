import type { ChannelProvider } from '../channel/provider.js'
import { addressOn } from '../domain/address-book.js'
import { usableChannels, waysLeft } from '../domain/channel-choice.js'
import type { RecipientEntry } from '../domain/recipient-entry.js'
import { parseTrail, type Trail } from '../domain/trail.js'
import type { IngestUser } from '../model/user.js'
import type { ClaimedItem } from '../storage/item-record.js'
import type { JobRecord } from '../storage/job-record.js'
import type { ProviderRegistry } from './provider-registry.js'

/** An item with its way chosen: who carries it, to which address. */
export interface RoutedItem extends Way {
  readonly item: ClaimedItem
  readonly user: IngestUser
  readonly trail: Trail
}

/** Chooses how an item travels; `undefined` when no channel is left that reaches the recipient. */
export function routeItem(item: ClaimedItem, job: JobRecord, providers: ProviderRegistry): RoutedItem | undefined {
  const user = JSON.parse(item.payload) as RoutedUser
  const trail = parseTrail(item.trail)
  const way = wayTo(user, { job, providers, failed: trail.failed })
  return way && { item, user, trail, provider: way.provider, address: way.address, hasFallback: way.hasFallback }
}

/** Who is sent to; in a sending, with a choice of channels of their own. */
export type RoutedUser = IngestUser & Pick<RecipientEntry, 'channelsPreference'>

export interface Way {
  readonly provider: ChannelProvider
  readonly address: string
  readonly hasFallback: boolean
}

export interface WayParams {
  readonly job: Pick<JobRecord, 'definition' | 'channels' | 'ownerId'>
  readonly providers: ProviderRegistry
  /** Channels that have failed for good. */
  readonly failed: readonly string[]
}

/** The first channel that reaches a user, and by whom. */
export function wayTo(user: RoutedUser, { job, providers, failed }: WayParams): Way | undefined {
  const { transport } = job.definition
  const [way, ...others] = waysLeft(channelsFor(user, job), {
    failed,
    wayOn: (channel) => wayBy(providers.find(channel, transport), user),
  })
  return way && { provider: way.provider, address: way.address, hasFallback: others.length > 0 }
}

function wayBy(provider: ChannelProvider | undefined, user: IngestUser): Omit<Way, 'hasFallback'> | undefined {
  const address =
    provider?.addressOf === undefined ? provider && addressOn(user, provider.channel) : provider.addressOf(user)
  return provider && address !== undefined ? { provider, address } : undefined
}

/** In a sending, a recipient's own preference goes before the sending's; a job's channels are chosen already. */
function channelsFor(user: RoutedUser, { definition, channels, ownerId }: WayParams['job']): readonly string[] {
  if (ownerId === undefined) return channels
  return usableChannels({ channels, preference: user.channelsPreference ?? definition.channelsPreference })
}
