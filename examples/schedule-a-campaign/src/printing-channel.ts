import type { ChannelProvider, Clock } from '@broadside/core'
import { READERS } from './readers.js'
import { timeIn } from './time-in.js'

export interface PrintingChannelParts {
  readonly clock: Clock
  readonly print: (line: string) => void
}

/** "Sends" a message by telling `print` when, to whom, and what time it is there. */
export function printingChannel({ clock, print }: PrintingChannelParts): ChannelProvider {
  return {
    channel: 'email',
    name: 'printer',
    send: ({ recipient, content }) => {
      const zone = READERS.find(({ id }) => id === recipient)?.timeZone
      const there = zone ? `${timeIn(zone, clock.now())} in ${zone}` : 'in no known zone'
      print(`  ${timeIn('UTC', clock.now())} UTC  ${recipient.padEnd(6)}  "${content.subject}", ${there}`)
      return { type: 'sent' }
    },
  }
}
