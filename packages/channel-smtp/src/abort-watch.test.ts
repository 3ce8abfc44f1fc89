import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { onAbort } from './abort-watch.js'

describe('onAbort', () => {
  it('has one listener a signal, however many wait, and none when nobody does', () => {
    const { signal } = new AbortController()
    const forgets = [1, 2, 3].map(() => onAbort(signal, () => {}))
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    for (const forget of forgets) forget()
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
    onAbort(signal, () => {})
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
  })

  it('calls those that still wait, once, and each for its own signal', () => {
    const called: string[] = []
    const [first, second] = [new AbortController(), new AbortController()]
    onAbort(first.signal, () => called.push('a'))
    const forget = onAbort(first.signal, () => called.push('b'))
    onAbort(first.signal, () => called.push('c'))
    onAbort(second.signal, () => called.push('d'))
    forget()
    first.abort()
    expect(called).toEqual(['a', 'c'])
  })
})
