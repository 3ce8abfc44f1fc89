import { describe, expect, it } from 'vitest'
import { Events } from './events.js'
import { manualClock } from './manual-clock.js'
import { StorageHealth } from './storage-health.js'

const never = (): boolean => false

function healthOf(leaseMs: number) {
  const clock = manualClock(0)
  const events = new Events()
  const told: string[] = []
  events.on('storage:trouble', ({ retryAt }) => told.push(`again at ${retryAt}`))
  events.on('storage:recovered', () => told.push('recovered'))
  const database = { isDown: true, calls: 0 }
  const call = async (): Promise<string> => {
    database.calls += 1
    if (database.isDown) throw new Error('connection refused')
    return 'stored'
  }
  return { clock, database, told, call, health: new StorageHealth({ clock, events, leaseMs }) }
}

describe('the health of a storage', () => {
  it('takes calls that fail together for one failure, however many', async () => {
    const { clock, told, call, health } = healthOf(30_000)
    const calls = Promise.all(Array.from({ length: 30 }, () => health.insist(call, never)))
    await clock.advance(750)
    expect(told).toEqual(['again at 100', 'again at 300', 'again at 700', 'again at 1500'])
    void calls
  })

  it('lets everybody try again as soon as one call has come through', async () => {
    const { clock, database, told, call, health } = healthOf(30_000)
    const stored: string[] = []
    for (let left = 3; left > 0; left--) void health.insist(call, never).then((answer) => stored.push(answer))
    await clock.advance(750)
    database.isDown = false
    // The one that asks next does not fail, but sleeps; the first that wakes brings the others along.
    await clock.advance(750)
    expect(stored).toEqual(['stored', 'stored', 'stored'])
    expect(told.at(-1)).toBe('recovered')
    expect(health.isStuck).toBe(false)
    expect(clock.pendingTimers).toBe(0)
  })

  it('never waits for so long that a lease could run out because of that', async () => {
    const { clock, database, call, health } = healthOf(3_000)
    const stored = health.insist(call, never)
    await clock.advance(60_000)
    const before = database.calls
    await clock.advance(500)
    expect(database.calls).toBe(before + 1)
    database.isDown = false
    await clock.advance(500)
    expect(await stored).toBe('stored')
  })
})
