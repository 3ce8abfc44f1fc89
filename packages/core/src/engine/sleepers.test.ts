import { expect, it } from 'vitest'
import { manualClock } from './manual-clock.js'
import { Sleepers } from './sleepers.js'

it('sleepers wake in time, or when all are woken, and leave no timer behind', async () => {
  const clock = manualClock(0)
  const sleepers = new Sleepers(clock)
  const woken: string[] = []
  void sleepers.sleep(100).then(() => woken.push('first'))
  void sleepers.sleep(5_000).then(() => woken.push('second'))
  await clock.advance(100)
  expect(woken).toEqual(['first'])
  sleepers.wakeAll()
  await clock.advance(0)
  expect(woken).toEqual(['first', 'second'])
  expect(clock.pendingTimers).toBe(0)
})
