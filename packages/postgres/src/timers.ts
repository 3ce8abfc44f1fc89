/** Everything in this package that has to do with passing time. None of it decides what is stored: instants are arguments. */
export interface Timers {
  /** Resolves after `ms` milliseconds; keeps the process alive, since a call waits for it. */
  delay(ms: number): Promise<void>
  /** Calls `act` after `ms` milliseconds unless the returned function is called before; does not keep the process alive. */
  after(ms: number, act: () => void): () => void
}

export const systemTimers: Timers = {
  delay: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  after: (ms, act) => {
    const timer = setTimeout(act, ms).unref()
    return () => clearTimeout(timer)
  },
}
