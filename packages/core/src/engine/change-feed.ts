import type { Clock } from './clock.js'

interface Watcher {
  readonly watches: (id: string) => boolean
  wake(isFinal: boolean): void
}

/** What a watcher waits with. */
export interface ChangeSubscription {
  /** What was told so far is known. */
  reset(): void
  /** Waits for a change, then for the interval since the last one to pass, unless the change is the last. */
  wait(intervalMs: number): Promise<void>
  unsubscribe(): void
}

export interface SubscribeParams {
  readonly watches: (id: string) => boolean
  readonly signal: AbortSignal | undefined
}

/** Tells those who watch something that it has changed. */
export class ChangeFeed {
  readonly #clock: Clock
  readonly #pollMs: number | undefined
  readonly #watchers = new Set<Watcher>()

  /** Looks at least every `pollMs`, for storages that other processes change; `undefined`: only when told. */
  constructor(clock: Clock, pollMs: number | undefined) {
    this.#clock = clock
    this.#pollMs = pollMs
  }

  /** `id` has changed; `isFinal` when it may have come to rest. */
  changed(id: string, isFinal: boolean): void {
    for (const watcher of this.#watchers) if (watcher.watches(id)) watcher.wake(isFinal)
  }

  /** Something may have changed, nobody knows what. */
  changedElsewhere(): void {
    for (const watcher of this.#watchers) watcher.wake(true)
  }

  subscribe({ watches, signal }: SubscribeParams): ChangeSubscription {
    let state: 'quiet' | 'changed' | 'final' = 'quiet'
    let notify = (): void => undefined
    const watcher: Watcher = {
      watches,
      wake: (isFinal) => {
        if (state !== 'final') state = isFinal ? 'final' : 'changed'
        notify()
      },
    }
    const abort = (): void => watcher.wake(true)
    this.#watchers.add(watcher)
    signal?.addEventListener('abort', abort)
    const until = (isMet: () => boolean, limitMs: number | undefined): Promise<void> =>
      new Promise((resolve) => {
        const cancel = limitMs === undefined ? undefined : this.#clock.setTimer(limitMs, () => finish())
        const finish = (): void => {
          cancel?.()
          notify = () => undefined
          resolve()
        }
        notify = () => (isMet() ? finish() : undefined)
        notify()
      })
    return {
      reset: () => {
        state = 'quiet'
      },
      wait: async (intervalMs) => {
        const notBefore = this.#clock.elapsed() + intervalMs
        await until(() => state !== 'quiet', this.#pollMs)
        const leftMs = notBefore - this.#clock.elapsed()
        if (leftMs > 0) await until(() => state === 'final', leftMs)
      },
      unsubscribe: () => {
        this.#watchers.delete(watcher)
        signal?.removeEventListener('abort', abort)
      },
    }
  }
}
