import { fateOf } from '../recipients.js'
import type { DeliveryRequest, WireOutcome } from './wire.js'

/** Messages that arrived together, and when, by the receiving side's own clock. */
export interface Handover extends Omit<DeliveryRequest, 'request'> {
  readonly at: number
  readonly outcomes: readonly WireOutcome[]
  /** When the answer had gone out on a connection that was still there. A worker that died before never learnt of it. */
  answeredAt?: number | undefined
}

/** What really arrived, whatever anybody else believes. Written by the receiving side alone, before it answers. */
export class Ledger {
  readonly #handovers: Handover[] = []
  readonly #putOff = new Set<string>()
  readonly #taken = new Set<string>()

  /** In the order of their arrival. */
  get handovers(): readonly Handover[] {
    return this.#handovers
  }

  /** How many different messages were taken. */
  get takenCount(): number {
    return this.#taken.size
  }

  enter({ request: _, ...handover }: DeliveryRequest, at: number): Handover {
    const outcomes = handover.messages.map(({ messageId, recipient }) => this.#outcomeOf(messageId, recipient))
    const entry: Handover = { ...handover, at, outcomes }
    this.#handovers.push(entry)
    return entry
  }

  /** A refused one is always refused, and a busy one is put off once: the same whoever sends it. */
  #outcomeOf(messageId: string, recipient: string): WireOutcome {
    const fate = fateOf(recipient)
    if (fate === 'refused') return 'refused'
    if (fate === 'busy' && !this.#putOff.has(messageId)) {
      this.#putOff.add(messageId)
      return 'busy'
    }
    this.#taken.add(messageId)
    return 'taken'
  }
}
