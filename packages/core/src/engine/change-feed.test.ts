import { describe, expect, it } from 'vitest'
import { ChangeFeed } from './change-feed.js'
import { manualClock } from './manual-clock.js'

const START = 1_700_000_000_000

describe('ChangeFeed', () => {
  it('tells of a change once the interval has passed, also when the clock was put back meanwhile', async () => {
    const clock = manualClock(START)
    const feed = new ChangeFeed(clock, undefined)
    const subscription = feed.subscribe({ watches: () => true, signal: undefined })
    let isTold = false
    const waiting = subscription.wait(1_000).then(() => {
      isTold = true
    })
    await clock.jumpTo(START - 3_600_000)
    feed.changed('one', false)
    await clock.advance(999)
    expect(isTold).toBe(false)
    await clock.advance(1)
    expect(isTold).toBe(true)
    await waiting
    subscription.unsubscribe()
    expect(clock.pendingTimers).toBe(0)
  })
})
