import type { ChannelProvider, OutgoingMessage, SendOutcome } from '@broadside/core'

/** "Sends" messages by counting them. It knows nobody at `nowhere.example`. */
export class CountingChannel implements ChannelProvider {
  readonly channel = 'email'
  readonly name = 'counter'
  sent = 0

  async sendBatch(messages: readonly OutgoingMessage[]): Promise<readonly SendOutcome[]> {
    return messages.map(({ address }) => this.#send(address))
  }

  #send(address: string): SendOutcome {
    if (address.endsWith('@nowhere.example')) {
      return { type: 'rejected', code: 'UNKNOWN_DOMAIN', reason: `There is no domain for ${address}.` }
    }
    this.sent += 1
    return { type: 'sent', receipt: `receipt-${this.sent}` }
  }
}
