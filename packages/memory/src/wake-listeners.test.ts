import { describe, expect, it, vi } from 'vitest'
import { WakeListeners } from './wake-listeners.js'

/** Lets the microtasks run that were queued so far, and those that they queue. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}

describe('WakeListeners', () => {
  it('tells each listener once for all changes of a turn, after the change', async () => {
    const listeners = new WakeListeners()
    const [first, second] = [vi.fn(), vi.fn()]
    listeners.add(first)
    listeners.add(second)
    listeners.notify()
    listeners.notify()
    expect(first).not.toHaveBeenCalled()
    await turn()
    expect(first).toHaveBeenCalledTimes(1)
    expect(second).toHaveBeenCalledTimes(1)
    listeners.notify()
    await turn()
    expect(first).toHaveBeenCalledTimes(2)
  })

  it('tells nobody who has stopped listening', async () => {
    const listeners = new WakeListeners()
    const [stopped, other] = [vi.fn(), vi.fn()]
    const stop = listeners.add(stopped)
    listeners.add(other)
    listeners.notify()
    stop()
    stop()
    await turn()
    expect(stopped).not.toHaveBeenCalled()
    expect(other).toHaveBeenCalledTimes(1)
  })

  it('takes the same function twice, and away one at a time', async () => {
    const listeners = new WakeListeners()
    const listener = vi.fn()
    const stop = listeners.add(listener)
    listeners.add(listener)
    stop()
    listeners.notify()
    await turn()
    expect(listener).toHaveBeenCalledTimes(1)
  })
})
