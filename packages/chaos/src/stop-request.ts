const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const
type StopSignal = keyof typeof EXIT_CODES

/** One Ctrl-C reaches a process that npm started several times: from the terminal, and from npm. */
const ONE_CTRL_C_MS = 1_000

/** Turns a signal into an abort, so that everything can be cleaned up. One that comes later ends the process at once. */
export class StopRequest {
  readonly #abort = new AbortController()
  #at = 0

  constructor() {
    for (const signal of Object.keys(EXIT_CODES) as StopSignal[]) process.on(signal, () => this.#stop(signal))
  }

  get signal(): AbortSignal {
    return this.#abort.signal
  }

  /** 128 plus the signal's number, as shells have it. */
  get exitCode(): number {
    return EXIT_CODES[this.signal.reason as StopSignal]
  }

  #stop(signal: StopSignal): void {
    if (!this.signal.aborted) {
      this.#at = performance.now()
      process.stderr.write('\nStopping: processes and databases are being cleaned up.\n')
      this.#abort.abort(signal)
    } else if (performance.now() - this.#at > ONE_CTRL_C_MS) {
      process.exit(EXIT_CODES[signal])
    }
  }
}
