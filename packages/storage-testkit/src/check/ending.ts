/** How some work ended. */
export type Ending =
  | { readonly how: 'done' }
  | { readonly how: 'threw'; readonly error: unknown }
  | { readonly how: 'hung' }
  | { readonly how: 'aborted' }

export interface Limits {
  /** How long to wait without a sign of life, in ms. */
  readonly limitMs: number
  readonly signal?: AbortSignal | undefined
}

/**
 * Waits for `work`, which may never end. It is called with a function that gives it the whole time again. What it does
 * after it was given up is nobody's concern any more.
 */
export function endingOf(work: (alive: () => void) => Promise<unknown>, limits: Limits): Promise<Ending> {
  const { limitMs, signal } = limits
  return new Promise((resolve) => {
    let ended = false
    const end = (ending: Ending) => {
      ended = true
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
      resolve(ending)
    }
    const onAbort = () => end({ how: 'aborted' })
    const timer = setTimeout(() => end({ how: 'hung' }), limitMs)
    if (signal?.aborted) return onAbort()
    signal?.addEventListener('abort', onAbort)
    const alive = () => {
      if (!ended) timer.refresh()
    }
    work(alive).then(
      () => end({ how: 'done' }),
      (error: unknown) => end({ how: 'threw', error }),
    )
  })
}
