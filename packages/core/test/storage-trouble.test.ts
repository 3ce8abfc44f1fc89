import { memoryStorage } from '@broadside/memory'
import { describe, expect, it } from 'vitest'
import type { SendOutcome, Storage } from '../src/index.js'
import { bench, MESSAGE, people, recorder } from './support.js'

/** A storage whose calls of some names fail while told so. */
function failing(names: readonly string[]): { storage: Storage; fail: (on: boolean) => void } {
  let isFailing = false
  const storage = new Proxy(memoryStorage(), {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      return (...args: unknown[]) => {
        if (isFailing && names.includes(String(name))) return Promise.reject(new Error('disk full'))
        return member.apply(target, args)
      }
    },
  })
  return {
    storage,
    fail: (on) => {
      isFailing = on
    },
  }
}

describe('a storage in trouble', () => {
  it('stops dispatch until it is over, and loses no outcome', async () => {
    const { storage, fail } = failing(['settle', 'extend', 'claim'])
    const provider = recorder({ limits: { concurrency: 5 } })
    const { broadside, clock } = await bench({ storage, providers: [provider] })
    const told: string[] = []
    broadside.on('storage:trouble', ({ error }) => told.push(error.code))
    broadside.on('storage:recovered', () => told.push('recovered'))
    const job = await broadside.jobs.create(MESSAGE)
    await job.ingest(people(1_000))
    provider.send = async (message) => {
      provider.sent.push(message)
      if (provider.sent.length === 3) fail(true)
      return { type: 'sent' }
    }
    await job.run()
    await clock.advance(20_000)
    const sentMeanwhile = provider.sent.length
    expect(sentMeanwhile).toBeLessThan(200)
    expect(told).toContain('STORAGE_FAILED')
    fail(false)
    await clock.advance(60_000)
    expect(await job.info()).toMatchObject({ status: 'completed', counters: { enqueued: 1_000 } })
    expect(provider.sent).toHaveLength(1_000)
    expect(told.at(-1)).toBe('recovered')
    await broadside.close()
  })

  it('close says when outcomes could not be stored, and closes nevertheless', async () => {
    const { storage, fail } = failing(['settle'])
    let isClosed = false
    const letGo: (() => void)[] = []
    const provider = recorder({
      answer: () => new Promise<SendOutcome>((resolve) => letGo.push(() => resolve({ type: 'sent' }))),
      close: async () => {
        isClosed = true
      },
    })
    const { broadside, clock } = await bench({ storage, providers: [provider], tuning: { closeTimeoutMs: 5_000 } })
    const job = await broadside.jobs.create(MESSAGE)
    await job.ingest(people(3))
    await job.run()
    await clock.advance(10)
    fail(true)
    const closing = expect(broadside.close()).rejects.toMatchObject({ code: 'CLOSE_INCOMPLETE' })
    for (const go of letGo) go()
    await clock.advance(10_000)
    await closing
    expect(isClosed).toBe(true)
    expect(clock.pendingTimers).toBe(0)
  })

  it('close gives up on a send that does not end, and its item is of unknown outcome', async () => {
    const storage = memoryStorage()
    const provider = recorder({ answer: () => new Promise<SendOutcome>(() => undefined) })
    const { broadside, clock } = await bench({ storage, providers: [provider], tuning: { closeTimeoutMs: 1_000 } })
    const job = await broadside.jobs.create({ ...MESSAGE, onUncertain: 'hold' })
    await job.ingest(people(1))
    await job.run()
    await clock.advance(10)
    const closing = broadside.close()
    await clock.advance(2_000)
    await closing
    expect((await storage.getJob(job.id))?.counters).toMatchObject({ uncertain: 1, pending: 0 })
  })

  it('a command that fails says so, with its cause', async () => {
    const { storage, fail } = failing(['createJob'])
    const { broadside } = await bench({ storage })
    fail(true)
    await expect(broadside.jobs.create(MESSAGE)).rejects.toMatchObject({
      code: 'STORAGE_FAILED',
      message: expect.stringContaining('disk full'),
      cause: expect.objectContaining({ message: 'disk full' }),
    })
    await broadside.close()
  })
})
