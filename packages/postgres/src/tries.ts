import { DriverFailure } from './driver-failure.js'
import type { Source } from './source.js'

/** How often a call is made again after another was in its way, and after its connection was lost. */
const MAX_CONFLICTS = 6
const MAX_LOST_CONNECTIONS = 1
const FIRST_DELAY_MS = 5

/** The tries of one call. */
export class Tries {
  readonly #source: Source
  #conflicts = 0
  #lostConnections = 0

  constructor(source: Source) {
    this.#source = source
  }

  /** How long to wait before the next try, in ms; `undefined` when the error is to be told. */
  delayAfter(error: unknown): number | undefined {
    if (!(error instanceof DriverFailure)) return undefined
    if (error.isConflict) return this.#conflicts < MAX_CONFLICTS ? FIRST_DELAY_MS * 2 ** this.#conflicts++ : undefined
    // The host's one connection does not come back.
    const isRepeatable = error.isConnectionLost && !this.#source.isHostClient
    return isRepeatable && this.#lostConnections++ < MAX_LOST_CONNECTIONS ? 0 : undefined
  }
}
