export interface ChannelRules {
  /** The message's channels, in their order. */
  readonly channels: readonly string[]
  /** Selects and orders: channels it does not list are not used. */
  readonly preference?: readonly string[] | undefined
}

/** The channels a job may use, in order: the message's, selected and ordered by the preference. */
export function usableChannels({ channels, preference }: ChannelRules): string[] {
  const ordered = preference === undefined ? channels : preference.filter((channel) => channels.includes(channel))
  return [...new Set(ordered)]
}

/** The channels left for one recipient: those it can be reached on and that have not failed for good. */
export function channelsLeft(
  usable: readonly string[],
  reach: { readonly isReachable: (channel: string) => boolean; readonly failed: readonly string[] },
): string[] {
  return usable.filter((channel) => !reach.failed.includes(channel) && reach.isReachable(channel))
}
