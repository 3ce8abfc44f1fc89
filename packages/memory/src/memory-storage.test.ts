import type { Storage } from '@broadside/core'
import { describe, expect, it, vi } from 'vitest'
import { newJob } from './job.fixture.js'
import { memoryStorage } from './memory-storage.js'

const NOW = 1000

function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}

async function runningJob(storage: Storage, items: number): Promise<void> {
  await storage.createJob({ job: newJob() })
  const names = Array.from({ length: items }, (_, index) => String(index))
  const newItems = names.map((name) => ({ identity: name, recipient: name, messageId: name, payload: '{}' }))
  await storage.addItems({ jobId: 'job-1', items: newItems, duplicateCode: 'DUPLICATE_USER' })
  await storage.transitionJob({ jobId: 'job-1', from: 'created', to: 'processing', now: NOW })
}

function claim(storage: Storage, token: string, limit = 100) {
  const lease = { token, now: NOW, leaseUntil: NOW + 100 }
  return storage.claim({ jobId: 'job-1', source: 'range', wave: 0, limit, start: 0, ...lease })
}

describe('memoryStorage', () => {
  it('says what it can do', () => {
    const expected = { durable: false, shared: true, callerTransaction: 'none', wake: true, sendings: true }
    expect(memoryStorage().capabilities).toEqual(expected)
  })

  it('keeps what it holds when one of the engines that share it closes it', async () => {
    const storage = memoryStorage()
    await storage.open()
    await storage.createJob({ job: newJob() })
    await storage.close()
    await storage.open()
    expect((await storage.getJob('job-1'))?.id).toBe('job-1')
  })

  it('wakes when there is something new to do', async () => {
    const storage = memoryStorage()
    const listener = vi.fn()
    storage.onWake?.(listener)
    const wakes = async (call: Promise<unknown>) => {
      listener.mockClear()
      await call
      await turn()
      return listener.mock.calls.length
    }
    const job = { jobId: 'job-1', now: NOW }
    expect(await wakes(runningJob(storage, 4))).toBe(1)
    await claim(storage, 'a', 1)
    expect(await wakes(storage.giveBack({ ...job, token: 'a' }))).toBe(1)
    expect(await wakes(storage.giveBack({ ...job, token: 'a' }))).toBe(0)
    await claim(storage, 'b', 1)
    const retry = { seq: 0, to: 'pending', attempts: 1, nextAttemptAt: NOW } as const
    expect(await wakes(storage.settle({ ...job, token: 'b', settlements: [retry] }))).toBe(1)
    await claim(storage, 'c', 1)
    expect(await wakes(storage.transitionJob({ ...job, from: 'processing', to: 'paused' }))).toBe(1)
    const decide = () => retry
    expect(await wakes(storage.reap({ now: NOW, expiredAt: NOW + 100, limit: 9, decide }))).toBe(1)
    const close = { from: 'paused', to: 'cancelled', closedAs: 'cancelled' } as const
    expect(await wakes(storage.closeJob({ ...job, ...close }))).toBe(1)
  })

  it('lets go of the items of a deleted job as it is swept', async () => {
    const storage = memoryStorage()
    await runningJob(storage, 10)
    await storage.closeJob({ jobId: 'job-1', from: 'processing', to: 'failed', closedAs: 'error', now: NOW })
    await storage.deleteJob({ jobId: 'job-1', now: NOW })
    expect(await storage.sweep({ now: NOW, limit: 6 })).toEqual({ removed: 6, more: true })
    expect(await storage.sweep({ now: NOW, limit: 6 })).toEqual({ removed: 5, more: false })
  })

  it('hands nothing out before its time when `now` goes back', async () => {
    const storage = memoryStorage()
    await runningJob(storage, 2)
    await claim(storage, 'a')
    await storage.giveBack({ jobId: 'job-1', token: 'a', now: NOW, notBefore: NOW + 50 })
    const list = (now: number) => storage.listClaimable({ now, channels: [], limit: 10 })
    expect((await list(NOW + 50)).ready).toHaveLength(1)
    expect(await list(NOW)).toEqual({ ready: [], nextAt: NOW + 50 })
    expect(await claim(storage, 'b')).toBeUndefined()
  })
})
