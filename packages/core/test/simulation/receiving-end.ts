import type { ChannelProvider, ManualClock, OutgoingMessage, SendOutcome } from '../../src/index.js'
import type { Host } from './host.js'
import type { Chance } from './random.js'

export interface Delivery {
  readonly host: Host
  readonly messageId: string
  readonly at: number
  /** What the provider told the engine about it, if it got to tell. */
  outcome: SendOutcome['type'] | 'none'
}

/** The world behind the providers: keeps a ledger of what really arrived. */
export class ReceivingEnd {
  readonly ledger: Delivery[] = []
  isDown = false
  isCalm = false
  readonly #clock: ManualClock
  readonly #chance: Chance

  constructor(clock: ManualClock, chance: Chance) {
    this.#clock = clock
    this.#chance = chance
  }

  providerFor(host: Host): ChannelProvider {
    return { channel: 'email', name: 'world', limits: { concurrency: 4 }, send: (message) => this.#send(host, message) }
  }

  async #send(host: Host, message: OutgoingMessage): Promise<SendOutcome> {
    await host.alive()
    const fate = this.#chance.next()
    await new Promise<void>((resolve) => this.#clock.setTimer(this.#chance.between(0, 50), resolve))
    // A process that died meanwhile may or may not have got its message out.
    if (host.isDead && this.#chance.hits(0.5)) return new Promise(() => undefined)
    const outcome = this.#judge(message, fate)
    const hasArrived = outcome.type === 'sent' || (outcome.type === 'unknown' && this.#chance.hits(0.5))
    const delivery: Delivery = { host, messageId: message.messageId, at: this.#clock.now(), outcome: 'none' }
    if (hasArrived) this.ledger.push(delivery)
    await host.alive()
    if (!this.isCalm && fate > 0.995) return new Promise(() => undefined)
    delivery.outcome = outcome.type
    return outcome
  }

  #judge({ address }: OutgoingMessage, fate: number): SendOutcome {
    if (this.isDown) return { type: 'retryable', scope: 'provider', code: 'DOWN', retryAfterMs: 2_000 }
    if (address.startsWith('bad')) return { type: 'rejected', code: 'NO', reason: 'no such mailbox' }
    if (this.isCalm || fate < 0.8) return { type: 'sent', receipt: `r-${this.#clock.now()}` }
    if (fate < 0.9) return { type: 'retryable', code: 'BUSY', reason: 'later' }
    return fate < 0.97 ? { type: 'unknown', reason: 'line broke' } : { type: 'sent' }
  }
}
