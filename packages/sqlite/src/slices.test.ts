import type { Storage } from '@broadside/core'
import { afterAll, describe, expect, it } from 'vitest'
import { addItems, claim, NOW, newItems, newJob, opened, runningJob, settleAsSent } from '../test/fixtures.js'
import { testDirectory } from '../test/harnesses.js'
import { type ManualTimers, manualTimers } from '../test/manual-timers.js'
import { sqliteStorage } from './sqlite-storage.js'

const directory = testDirectory()
afterAll(() => directory.remove())

/** How many turns the event loop had, at least, while `call` ran. */
async function turnsDuring(timers: ManualTimers, call: () => Promise<unknown>): Promise<number> {
  const before = timers.turns
  await call()
  return timers.turns - before
}

describe('a long call on a path', () => {
  async function openedSlowly(): Promise<{ storage: Storage; timers: ManualTimers }> {
    const timers = manualTimers()
    const storage = await opened(sqliteStorage(directory.newFile(), { timers }))
    return { storage, timers }
  }

  it('gives the event loop its turns, whatever it does', async () => {
    const { storage, timers } = await openedSlowly()
    const jobId = await runningJob(storage, 0, 'job-0')
    await storage.createJob({ job: newJob() })
    timers.stepMs = 3
    const manyTurns = 10
    expect(await turnsDuring(timers, () => addItems(storage, 'job-1', newItems(3_000)))).toBeGreaterThan(manyTurns)
    timers.stepMs = 0
    await storage.transitionJob({ jobId: 'job-1', from: 'created', to: 'processing', now: NOW })
    timers.stepMs = 3
    expect(await turnsDuring(timers, () => claim(storage, 'job-1', { token: 'a', limit: 2_000 }))).toBeGreaterThan(5)
    const seqs = Array.from({ length: 1_000 }, (_, seq) => seq)
    const failures = seqs.map((seq) => ({ seq, to: 'error', attempts: 1, code: 'C' }) as const)
    const settle = () => storage.settle({ jobId: 'job-1', token: 'a', now: NOW, settlements: failures })
    expect(await turnsDuring(timers, settle)).toBeGreaterThan(5)
    const revise = { jobId: 'job-1', from: 'processing', statuses: ['error'], to: 'pending', now: NOW } as const
    expect(await turnsDuring(timers, () => storage.reviseItems(revise))).toBeGreaterThan(5)
    expect((await storage.getJob('job-1'))?.counters).toMatchObject({ received: 3_000, pending: 3_000, error: 0 })
    expect((await storage.getJob(jobId))?.counters.received).toBe(0)
    await storage.close()
  })

  it('keeps other writes waiting, lets reads go ahead, and shows nothing half done', async () => {
    const { storage, timers } = await openedSlowly()
    await storage.createJob({ job: newJob() })
    timers.stepMs = 3
    const order: string[] = []
    const received = async () => (await storage.getJob('job-1'))?.counters.received
    const ingest = addItems(storage, 'job-1', newItems(2_000)).then(() => order.push('ingest'))
    const create = storage.createJob({ job: newJob('job-2') }).then(() => order.push('create'))
    const seen: unknown[] = []
    while (order.length === 0) {
      seen.push(await received())
      await new Promise((resolve) => setImmediate(resolve))
    }
    await Promise.all([ingest, create])
    expect(order).toEqual(['ingest', 'create'])
    expect(seen.length).toBeGreaterThan(5)
    expect(new Set(seen.slice(0, -1))).toEqual(new Set([0]))
    expect(await received()).toBe(2_000)
    await storage.close()
  })
})

describe('many short calls', () => {
  it('give the event loop its turns between them', async () => {
    const timers = manualTimers()
    const storage = await opened(sqliteStorage(directory.newFile(), { timers }))
    const jobId = await runningJob(storage, 50)
    timers.stepMs = 3
    const drain = async () => {
      for (let round = 0; round < 25; round += 1) {
        const claimed = await claim(storage, jobId, { token: `t${round}`, limit: 2 })
        const seqs = claimed?.items.map(({ seq }) => seq) ?? []
        await settleAsSent(storage, jobId, { token: `t${round}`, seqs })
      }
    }
    expect(await turnsDuring(timers, drain)).toBeGreaterThan(25)
    expect((await storage.getJob(jobId))?.status).toBe('completed')
    await storage.close()
  })
})
