import type { Storage } from '@broadside/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildDrainProcess, startDrain } from '../test/drain-processes.js'
import { allItems, failureOf, NOW, opened, runningJob } from '../test/fixtures.js'
import { testDirectory } from '../test/harnesses.js'
import { sqliteStorage } from './sqlite-storage.js'

const directory = testDirectory()
let program = ''
beforeAll(async () => {
  program = await buildDrainProcess()
}, 120_000)
afterAll(() => directory.remove())

const jobId = 'job-1'

async function fileWithJob(items: number): Promise<string> {
  const file = directory.newFile()
  const storage = await opened(sqliteStorage(file))
  await runningJob(storage, items, jobId)
  await storage.close()
  return file
}

async function enqueuedSeqs(storage: Storage): Promise<readonly number[]> {
  return (await allItems(storage, { jobId, statuses: ['enqueued'] })).map(({ seq }) => seq)
}

describe('a process that is killed', { timeout: 120_000 }, () => {
  it('leaves no lock behind, and nothing that it was told is lost, however often', async () => {
    const file = await fileWithJob(2_000)
    const told: number[] = []
    for (const round of [1, 2, 3]) {
      const drain = startDrain({ program, file, jobId, name: `round-${round}` })
      await drain.untilLines(100 * round)
      drain.kill()
      expect(await drain.ended).toBe('')
      told.push(...drain.lines.slice(1).map(Number))

      const storage = await opened(sqliteStorage(file))
      const enqueued = await enqueuedSeqs(storage)
      expect(told.filter((seq) => !enqueued.includes(seq))).toEqual([])
      const job = await storage.getJob(jobId)
      expect(job?.counters).toMatchObject({ received: 2_000, enqueued: enqueued.length, error: 0 })
      const decide = ({ seq }: { seq: number }) => ({ seq, to: 'pending', attempts: 1, nextAttemptAt: NOW }) as const
      await storage.reap({ now: NOW, expiredAt: Number.POSITIVE_INFINITY, limit: 100, decide })
      expect((await storage.getJob(jobId))?.inFlight).toBe(0)
      await storage.close()
    }
    expect(told.length).toBeGreaterThan(500)
  })

  it('kept others out while it lived', async () => {
    const file = await fileWithJob(20_000)
    const drain = startDrain({ program, file, jobId, name: 'holder' })
    await drain.untilLines(1)
    expect((await failureOf(sqliteStorage(file).open())).code).toBe('STORAGE_LOCKED')
    expect((await failureOf(sqliteStorage(file, { shared: true }).open())).code).toBe('STORAGE_LOCKED')
    drain.kill()
    await drain.ended
    const storage = await opened(sqliteStorage(file))
    await storage.close()
  })
})

describe('several processes that share', { timeout: 120_000 }, () => {
  it('settle each item once between them, and none of them fails', async () => {
    const items = 3_000
    const file = await fileWithJob(items)
    const drains = ['a', 'b', 'c'].map((name) => startDrain({ program, file, jobId, name, shared: true }))
    expect(await Promise.all(drains.map(({ ended }) => ended))).toEqual(['', '', ''])
    const told = drains.flatMap(({ lines }) => lines.slice(1).map(Number)).sort((a, b) => a - b)
    expect(told).toEqual(Array.from({ length: items }, (_, seq) => seq))
    const storage = await opened(sqliteStorage(file))
    expect(await storage.getJob(jobId)).toMatchObject({
      status: 'completed',
      counters: { enqueued: items },
      inFlight: 0,
    })
    await storage.close()
  })
})
