import { payloadOf } from './notifier.js'
import type { Listener, Source } from './source.js'

export interface WakeAttemptParams {
  readonly channel: string
  /** Whose own changes are not told. */
  readonly sender: string
  readonly listen: Source['listen']
  readonly onChange: () => void
  readonly onLost: () => void
}

/** Listens for the changes of others once: until it is lost or ended. */
export class WakeAttempt {
  readonly #params: WakeAttemptParams
  #stop: (() => void) | undefined
  #isOver = false

  constructor(params: WakeAttemptParams) {
    this.#params = params
  }

  /** True once it listens. */
  async begin(): Promise<boolean> {
    const { channel, listen } = this.#params
    const listener: Listener = { channel, onMessage: (payload) => this.#hear(payload), onLost: () => this.#lose() }
    try {
      const stop = await listen(listener)
      this.#stop = stop
      if (this.#isOver) stop()
    } catch {
      this.#lose()
    }
    return !this.#isOver
  }

  end(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#stop?.()
  }

  #hear(payload: string): void {
    if (this.#isOver || !payload.startsWith(payloadOf(''))) return
    if (payload !== payloadOf(this.#params.sender)) this.#params.onChange()
  }

  #lose(): void {
    if (this.#isOver) return
    this.end()
    this.#params.onLost()
  }
}
