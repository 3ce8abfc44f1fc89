import { setImmediate } from 'node:timers/promises'
import type { ChannelProvider } from '@broadside/core'
import type { Ledger } from './ledger.js'

/** "Sends" a message by writing it down, and tells at every hundredth how many that makes in this process. */
export function ledgerChannel(ledger: Ledger, tell: (sent: number) => void): ChannelProvider {
  let sent = 0
  return {
    channel: 'email',
    name: 'ledger',
    send: async ({ recipient, messageId }) => {
      ledger.arrived(recipient, messageId)
      sent += 1
      if (sent % 100 === 0) tell(sent)
      await setImmediate() // a kill may fall between the sending and its outcome
      return { type: 'sent' }
    },
  }
}
