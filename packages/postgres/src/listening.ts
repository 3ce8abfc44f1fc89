import type { PostgresNotification } from './driver.js'
import { payloadOf } from './notifier.js'
import { quotedName } from './schema-name.js'
import { Session } from './session.js'
import type { KeptClient } from './source.js'

export interface ListeningParams {
  readonly channel: string
  /** Whose own changes are not told. */
  readonly sender: string
  readonly keep: () => Promise<KeptClient>
  readonly onChange: () => void
  readonly onLost: () => void
}

/** One connection that listens, until it is lost or ended. */
export class Listening {
  readonly #params: ListeningParams
  #kept: KeptClient | undefined
  #isOver = false

  constructor(params: ListeningParams) {
    this.#params = params
  }

  /** True once it listens. */
  async begin(): Promise<boolean> {
    try {
      const kept = await this.#params.keep()
      this.#kept = kept
      if (this.#isOver) kept.end()
      else await this.#listen(kept)
    } catch {
      this.#lose()
    }
    return !this.#isOver
  }

  end(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#kept?.end()
  }

  async #listen({ client }: KeptClient): Promise<void> {
    client.on('error', () => this.#lose())
    client.on('end', () => this.#lose())
    client.on('notification', (message) => this.#hear(message))
    await new Session(client, '').command(`listen ${quotedName(this.#params.channel)}`)
  }

  #hear({ channel, payload = '' }: PostgresNotification): void {
    const isOurs = channel === this.#params.channel && payload.startsWith(payloadOf(''))
    if (isOurs && payload !== payloadOf(this.#params.sender)) this.#params.onChange()
  }

  #lose(): void {
    if (this.#isOver) return
    this.end()
    this.#params.onLost()
  }
}
