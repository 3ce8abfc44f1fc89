import { afterAll, describe, expect, it } from 'vitest'
import { newJob, opened } from '../test/fixtures.js'
import { testDirectory } from '../test/harnesses.js'
import { manualTimers } from '../test/manual-timers.js'
import { sqliteStorage } from './sqlite-storage.js'

const directory = testDirectory()
afterAll(() => directory.remove())

async function twoOnOneFile() {
  const file = directory.newFile()
  const timers = manualTimers()
  const listening = await opened(sqliteStorage(file, { shared: true, timers }))
  const writing = await opened(sqliteStorage(file, { shared: true }))
  const look = () => {
    for (const tick of timers.ticks) tick()
  }
  return { listening, writing, timers, look, close: () => Promise.all([listening.close(), writing.close()]) }
}

describe('the wake of a shared storage', () => {
  it('tells that another has written, once for each look', async () => {
    const { listening, writing, look, close } = await twoOnOneFile()
    let woken = 0
    listening.onWake?.(() => {
      woken += 1
    })
    look()
    expect(woken).toBe(0)
    await writing.createJob({ job: newJob('job-1') })
    await writing.createJob({ job: newJob('job-2') })
    look()
    look()
    expect(woken).toBe(1)
    await close()
  })

  it('says nothing of what it wrote itself', async () => {
    const { listening, look, close } = await twoOnOneFile()
    let woken = 0
    listening.onWake?.(() => {
      woken += 1
    })
    await listening.createJob({ job: newJob() })
    look()
    expect(woken).toBe(0)
    await close()
  })

  it('looks only while somebody listens', async () => {
    const { listening, writing, timers, look, close } = await twoOnOneFile()
    expect(timers.ticks.size).toBe(0)
    let woken = 0
    const listener = () => {
      woken += 1
    }
    const stops = [listening.onWake?.(listener), listening.onWake?.(listener)]
    expect(timers.ticks.size).toBe(1)
    stops[0]?.()
    stops[0]?.()
    await writing.createJob({ job: newJob() })
    look()
    expect(woken).toBe(1)
    stops[1]?.()
    expect(timers.ticks.size).toBe(0)
    await close()
  })

  it('ends with the storage', async () => {
    const { listening, timers, close } = await twoOnOneFile()
    listening.onWake?.(() => {})
    await close()
    expect(timers.ticks.size).toBe(0)
  })

  it('is not there where nobody else can write', () => {
    const storage = sqliteStorage(directory.newFile())
    expect([storage.capabilities.wake, storage.onWake]).toEqual([false, undefined])
  })
})
