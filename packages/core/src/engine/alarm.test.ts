import { describe, expect, it } from 'vitest'
import { alarmAt } from './alarm.js'
import { manualClock } from './manual-clock.js'

describe('alarmAt', () => {
  it('rings once, at its instant', async () => {
    const clock = manualClock(0)
    const rung: number[] = []
    alarmAt(clock, 100_000, () => rung.push(clock.now()))
    expect(clock.pendingTimers).toBe(1)
    await clock.advance(99_999)
    expect([rung, clock.pendingTimers]).toEqual([[], 1])
    await clock.advance(50_000)
    expect([rung, clock.pendingTimers]).toEqual([[100_000], 0])
  })

  it('rings soon after a clock that was set ahead while its timers went on', async () => {
    const clock = manualClock(0)
    let offset = 0
    const set = { ...clock, now: () => clock.now() + offset }
    let rung = false
    alarmAt(set, 3_600_000, () => {
      rung = true
    })
    offset = 3_600_000
    await clock.advance(30_000)
    expect(rung).toBe(true)
  })

  it('rings when the time that was left has passed, although the clock was put back', async () => {
    const clock = manualClock(0)
    const rung: number[] = []
    alarmAt(clock, 60_000, () => rung.push(clock.now()))
    await clock.advance(50_000)
    await clock.jumpTo(10_000)
    await clock.advance(9_000)
    expect(rung).toEqual([])
    await clock.advance(1_000)
    expect(rung).toEqual([20_000])
  })

  it('can be called off', async () => {
    const clock = manualClock(0)
    const cancel = alarmAt(clock, 100_000, () => expect.unreachable())
    await clock.advance(70_000)
    cancel()
    expect(clock.pendingTimers).toBe(0)
    await clock.advance(100_000)
  })
})
