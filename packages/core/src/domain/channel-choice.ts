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

/** The ways left to one recipient, in the order of their channels: those that have not failed for good, and that there is an address for. */
export function waysLeft<Way>(
  usable: readonly string[],
  reach: { readonly wayOn: (channel: string) => Way | undefined; readonly failed: readonly string[] },
): Way[] {
  const ways: Way[] = []
  for (const channel of usable) {
    const way = reach.failed.includes(channel) ? undefined : reach.wayOn(channel)
    if (way !== undefined) ways.push(way)
  }
  return ways
}
