import { Debounce } from './debounce.js'
import type { Session, Sql } from './session.js'
import type { Timers } from './timers.js'
import type { Work } from './transactions.js'

/** How long changes are gathered before others are told, in ms. */
const DELAY_MS = 15

export interface NotifierParams {
  /** The channel: the schema's name. */
  readonly channel: string
  /** Who tells: an engine need not hear of its own changes. */
  readonly sender: string
  readonly timers: Timers
  readonly send: (work: Work<unknown>) => Promise<unknown>
}

/**
 * Tells other engines that something has changed: a hint, which may get lost. Sent after the change and apart from it, since Postgres
 * lets only one transaction that notifies be committed at a time.
 */
export class Notifier {
  readonly #params: NotifierParams
  readonly #soon: Debounce
  #sending: Promise<unknown> = Promise.resolve()

  constructor(params: NotifierParams) {
    this.#params = params
    this.#soon = new Debounce(params.timers, DELAY_MS, () => this.#send())
  }

  changed(): void {
    this.#soon.ask()
  }

  /** Sends what has been gathered, and resolves when nothing is on its way. */
  async flush(): Promise<void> {
    if (this.#soon.isPending) {
      this.#soon.cancel()
      this.#send()
    }
    await this.#sending
  }

  /** Tells in the transaction of `session`: others hear it when that commits. */
  async tellWithin(session: Session): Promise<void> {
    const { channel, sender } = this.#params
    await session.rows(NOTIFY, channel, payloadOf(sender))
  }

  #send(): void {
    this.#sending = this.#params.send((session) => this.tellWithin(session)).catch(() => undefined)
  }
}

export function payloadOf(sender: string): string {
  return `broadside ${sender}`
}

const NOTIFY: Sql = () => 'select pg_notify($1, $2)::text'
