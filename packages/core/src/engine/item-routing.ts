import type { ChannelProvider } from '../channel/provider.js'
import { addressOn } from '../domain/address-book.js'
import { channelsLeft } from '../domain/channel-choice.js'
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
  const { transport } = job.definition
  const user = JSON.parse(item.payload) as IngestUser
  const trail = parseTrail(item.trail)
  const addressBy = (channel: string): string | undefined => {
    const provider = providers.find(channel, transport)
    return provider?.addressOf === undefined ? addressOn(user, channel) : provider.addressOf(user)
  }
  const left = channelsLeft(job.channels, {
    failed: trail.failed,
    isReachable: (channel) => addressBy(channel) !== undefined,
  })
  const channel = left[0]
  if (channel === undefined) return undefined
  const provider = providers.find(channel, transport)
  const address = addressBy(channel)
  if (provider === undefined || address === undefined) return undefined
  return { item, user, trail, provider, address, hasFallback: left.length > 1 }
}
