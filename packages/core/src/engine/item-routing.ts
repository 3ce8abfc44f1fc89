import type { ChannelProvider } from '../channel/provider.js'
import { addressOn } from '../domain/address-book.js'
import { waysLeft } from '../domain/channel-choice.js'
import { parseTrail, type Trail } from '../domain/trail.js'
import type { IngestUser } from '../model/user.js'
import type { ClaimedItem } from '../storage/item-record.js'
import type { JobRecord } from '../storage/job-record.js'
import type { ProviderRegistry } from './provider-registry.js'

/** An item with its way chosen: who carries it, to which address. */
export interface RoutedItem {
  readonly item: ClaimedItem
  readonly user: IngestUser
  readonly trail: Trail
  readonly provider: ChannelProvider
  readonly address: string
  readonly hasFallback: boolean
}

/** Chooses how an item travels; `undefined` when no channel is left that reaches the recipient. */
export function routeItem(item: ClaimedItem, job: JobRecord, providers: ProviderRegistry): RoutedItem | undefined {
  const user = JSON.parse(item.payload) as IngestUser
  const trail = parseTrail(item.trail)
  const [way, ...others] = waysLeft(job.channels, {
    failed: trail.failed,
    wayOn: (channel) => wayBy(providers.find(channel, job.definition.transport), user),
  })
  return way && { item, user, trail, provider: way.provider, address: way.address, hasFallback: others.length > 0 }
}

function wayBy(
  provider: ChannelProvider | undefined,
  user: IngestUser,
): Pick<RoutedItem, 'provider' | 'address'> | undefined {
  const address =
    provider?.addressOf === undefined ? provider && addressOn(user, provider.channel) : provider.addressOf(user)
  return provider && address !== undefined ? { provider, address } : undefined
}
