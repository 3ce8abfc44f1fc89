import { memoryStorage } from '@broadside/memory'
import { describe, expect, it } from 'vitest'
import type { IngestUser } from '../src/index.js'
import { bench, MESSAGE, people, recorder } from './support.js'

const KEY = { idempotencyKey: 'rbJ9QDcWn84A-rO94HrbP' }

describe('idempotency keys', () => {
  it('return the first result to every later call; one key serves create, ingest and run', async () => {
    const provider = recorder()
    const { broadside, clock } = await bench({ providers: [provider] })
    const job = await broadside.jobs.create(MESSAGE, KEY)
    expect((await broadside.jobs.create(MESSAGE, KEY)).id).toBe(job.id)
    const users = [...people(3), ...people(1)]
    const first = await job.ingest(users, KEY)
    expect(await job.ingest(users, KEY)).toEqual(first)
    expect(first).toMatchObject({ total: 3, errorCounts: { DUPLICATE_USER: 1 } })
    expect((await job.info()).ingestErrors).toEqual({ DUPLICATE_USER: 1 })
    const run = await job.run(KEY)
    await clock.advance(1_000)
    expect(await job.run(KEY)).toEqual(run)
    expect(provider.sent).toHaveLength(3)
    expect((await broadside.jobs.list()).jobs).toHaveLength(1)
    await broadside.close()
  })

  it('are refused for another request', async () => {
    const { broadside } = await bench()
    const job = await broadside.jobs.create(MESSAGE, KEY)
    await expect(broadside.jobs.create({ message: { content: { text: 'other' } } }, KEY)).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    })
    await job.ingest(people(2), KEY)
    await expect(job.ingest(people(3), KEY)).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' })
    expect((await job.info()).counters.received).toBe(2)
    await broadside.close()
  })

  it('are kept for 24 hours, unless told otherwise', async () => {
    const { broadside, clock } = await bench()
    const first = await broadside.jobs.create(MESSAGE, KEY)
    await clock.advance(24 * 3_600_000 - 1)
    expect((await broadside.jobs.create(MESSAGE, KEY)).id).toBe(first.id)
    await clock.advance(2)
    expect((await broadside.jobs.create(MESSAGE, KEY)).id).not.toBe(first.id)
    await broadside.close()
  })

  it('do not store refused requests', async () => {
    const { broadside } = await bench({ providers: [] })
    const job = await broadside.jobs.create(MESSAGE)
    await expect(job.run(KEY)).rejects.toMatchObject({ code: 'CHANNEL_NOT_AVAILABLE' })
    await expect(job.run(KEY)).rejects.toMatchObject({ code: 'CHANNEL_NOT_AVAILABLE' })
    expect((await job.info()).status).toBe('created')
    await broadside.close()
  })

  it('tell a call that is still running, until its lease has ended', async () => {
    let answer: () => void = () => undefined
    const contentSource = {
      resolve: () => new Promise<{ text: string }>((resolve) => (answer = () => resolve({ text: 'x' }))),
    }
    const { broadside, clock } = await bench({ contentSource })
    const job = await broadside.jobs.create({ message: { template: 'welcome' } })
    const running = job.run(KEY)
    await clock.advance(10)
    await expect(job.run(KEY)).rejects.toMatchObject({ code: 'IDEMPOTENCY_IN_PROGRESS' })
    answer()
    expect(await running).toMatchObject({ status: 'completed' })
    expect(await job.run(KEY)).toMatchObject({ status: 'completed' })
    await broadside.close()
  })

  it('let a stream that broke off go on: what is stored is replayed, nobody is in twice', async () => {
    const storage = memoryStorage()
    const { broadside } = await bench({ storage })
    const job = await broadside.jobs.create(MESSAGE)
    const all = [...people(100), ...people(10), ...people(100, 100)]
    function* breaksOff(): Generator<IngestUser> {
      yield* all.slice(0, 135)
      throw new Error('gone')
    }
    const options = { ...KEY, batchSize: 20 }
    await expect(job.ingest(breaksOff(), options)).rejects.toMatchObject({ code: 'INGEST_SOURCE_FAILED' })
    expect((await job.info()).counters.received).toBe(110)
    const result = await job.ingest(all.values(), options)
    expect(result).toMatchObject({ total: 200, errorCounts: { DUPLICATE_USER: 10 } })
    const info = await job.info()
    expect(info.counters.received).toBe(200)
    expect(info.ingestErrors).toEqual({ DUPLICATE_USER: 10 })
    await broadside.close()
  })

  it('have to be text of a sane length', async () => {
    const { broadside } = await bench()
    for (const idempotencyKey of ['', 'x'.repeat(256), 'a\u0000b', 7 as never]) {
      await expect(broadside.jobs.create(MESSAGE, { idempotencyKey })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    }
    const longest = { idempotencyKey: 'x'.repeat(255) }
    const job = await broadside.jobs.create(MESSAGE, longest)
    expect(await job.ingest(people(1), longest)).toMatchObject({ total: 1 })
    await expect(job.ingest(people(1), { idempotencyKey: '' })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await broadside.close()
  })
})
