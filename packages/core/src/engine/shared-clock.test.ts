import { describe, expect, it } from 'vitest'
import { manualClock } from './manual-clock.js'
import { SharedClock } from './shared-clock.js'

describe('the shared clock', () => {
  it('shows the storage time, looked at once a minute, and waits by the time of the host', async () => {
    const host = manualClock(1_000_000)
    let looks = 0
    const clock = new SharedClock(host, {
      clock: async () => {
        looks += 1
        return host.now() + 7_000
      },
    })
    await clock.refresh()
    expect(clock.now()).toBe(1_007_000)
    await clock.refresh()
    expect(looks).toBe(1)
    await host.advance(60_000)
    await clock.refresh()
    expect(looks).toBe(2)
    let isFired = false
    clock.setTimer(500, () => {
      isFired = true
    })
    await host.advance(500)
    expect(isFired).toBe(true)
  })

  it('is the clock of the host where the storage has none', async () => {
    const host = manualClock(5)
    const clock = new SharedClock(host, {})
    await clock.refresh()
    expect(clock.now()).toBe(5)
  })
})
