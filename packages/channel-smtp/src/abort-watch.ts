const callbacks = new WeakMap<AbortSignal, Set<() => void>>()

/**
 * Calls back when the signal aborts, until the returned function is called. Many messages share one signal, and a listener for each would
 * make Node warn of a leak; so there is one listener a signal.
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  const waiting = callbacks.get(signal) ?? new Set()
  if (waiting.size === 0) {
    callbacks.set(signal, waiting)
    signal.addEventListener('abort', callAll)
  }
  waiting.add(callback)
  return () => {
    waiting.delete(callback)
    if (waiting.size === 0) signal.removeEventListener('abort', callAll)
  }
}

function callAll(event: Event): void {
  if (!(event.target instanceof AbortSignal)) return
  for (const callback of callbacks.get(event.target) ?? []) callback()
}
