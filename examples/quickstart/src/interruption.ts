import { isBroadsideError } from '@broadside/core'

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const
type StopSignal = keyof typeof EXIT_CODES

/** One Ctrl-C reaches a process that npm started several times: from the terminal, and from npm. */
const ONE_CTRL_C_MS = 1_000

/** Turns the first SIGINT or SIGTERM into an abort, so that all can be closed in order. One that comes later ends the process at once. */
export class Interruption {
  readonly #abort = new AbortController()
  readonly #onStop: () => void
  #at = 0

  constructor(onStop: () => void) {
    this.#onStop = onStop
    process.on('SIGINT', this.#stop)
    process.on('SIGTERM', this.#stop)
  }

  get signal(): AbortSignal {
    return this.#abort.signal
  }

  /** 128 plus the signal's number, as shells have it. */
  get exitCode(): number {
    return EXIT_CODES[this.signal.reason as StopSignal]
  }

  /** Whether `error` is how the abort came back, as such or as an ingest that was stopped. */
  isReasonOf(error: unknown): boolean {
    return this.signal.aborted && (error === this.signal.reason || isBroadsideError(error, 'ABORTED'))
  }

  readonly #stop = (signal: NodeJS.Signals): void => {
    const stopSignal = signal as StopSignal
    if (!this.signal.aborted) {
      this.#at = performance.now()
      this.#abort.abort(stopSignal)
      this.#onStop()
    } else if (performance.now() - this.#at > ONE_CTRL_C_MS) {
      process.exit(EXIT_CODES[stopSignal])
    }
  }
}
