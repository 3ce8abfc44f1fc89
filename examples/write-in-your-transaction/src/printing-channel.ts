import type { ChannelProvider } from '@broadside/core'

/** "Sends" a message by telling `print`. */
export function printingChannel(print: (line: string) => void): ChannelProvider {
  return {
    channel: 'email',
    name: 'printer',
    send: async ({ address, content }) => {
      print(`  to ${address}: ${content.subject}`)
      return { type: 'sent' }
    },
  }
}
