import { describe, expect, it } from 'vitest'
import type { IngestUser } from '../src/index.js'
import { bench, MESSAGE, people } from './support.js'

describe('ingest', () => {
  it('is partial: bad entries come back with what is wrong, the rest are in', async () => {
    const { broadside } = await bench()
    const job = await broadside.jobs.create(MESSAGE)
    const users = [
      { profile: { email: 'a@example.com' } },
      { profile: { email: ' A@Example.COM ' } },
      { profile: { email: 'not an address' } },
      { recipient: 'spike', data: { n: 1 } },
      { to: { user_id: 'spike' } },
      'spike' as unknown as IngestUser,
      { data: 'x' } as unknown as IngestUser,
      {},
      {},
    ]
    const { total, errors } = await job.ingest(users)
    expect(total).toBe(4)
    expect(errors.map(({ index, code }) => [index, code])).toEqual([
      [1, 'DUPLICATE_USER'],
      [2, 'INVALID_ADDRESS'],
      [4, 'DUPLICATE_USER'],
      [5, 'INVALID_USER'],
      [6, 'INVALID_USER'],
    ])
    expect(errors[0]).toMatchObject({ error: 'Duplicate user', user: users[1] })
    expect(errors[1]?.error).toBe('profile.email is not an e-mail address')
    const info = await job.info()
    expect(info.counters).toMatchObject({ received: 4, pending: 4 })
    expect(info.ingestErrors).toEqual({ DUPLICATE_USER: 2, INVALID_ADDRESS: 1, INVALID_USER: 2 })
    await broadside.close()
  })

  it('finds duplicates across calls, and counts only what this call added', async () => {
    const { broadside } = await bench()
    const job = await broadside.jobs.create(MESSAGE)
    await job.ingest(people(10))
    expect(await job.ingest(people(10, 5))).toMatchObject({ total: 5, errorCounts: { DUPLICATE_USER: 5 } })
    await broadside.close()
  })

  it('holds two batches of a stream at a time (one is read while the other is stored), tells progress and keeps the first thousand errors', async () => {
    const { broadside } = await bench()
    const job = await broadside.jobs.create(MESSAGE)
    let read = 0
    let stored = 0
    let ahead = 0
    let told = 0
    async function* users(): AsyncGenerator<IngestUser> {
      for (let i = 0; i < 5_000; i++) {
        read += 1
        ahead = Math.max(ahead, read - stored)
        yield { profile: { email: i % 2 === 0 ? `p${i}@example.com` : 'bad' } }
      }
    }
    const result = await job.ingest(users(), {
      batchSize: 500,
      onError: () => {
        told += 1
      },
      onProgress: (progress) => {
        stored = progress.read
      },
    })
    expect(result.total).toBe(2_500)
    expect(result.errors).toHaveLength(1_000)
    expect(result.errorCounts).toEqual({ INVALID_ADDRESS: 2_500 })
    expect(told).toBe(2_500)
    expect(stored).toBe(5_000)
    expect(ahead).toBeLessThanOrEqual(1_000)
    await broadside.close()
  })

  it('stops at an abort, keeps what is in, and closes the stream, even one that hangs', async () => {
    const { broadside } = await bench()
    const job = await broadside.jobs.create(MESSAGE)
    const stop = new AbortController()
    let isClosed = false
    const hanging: AsyncIterable<IngestUser> = {
      [Symbol.asyncIterator]() {
        let i = 0
        return {
          next: () =>
            i < 20
              ? Promise.resolve({ done: false, value: { recipient: `r${i++}` } })
              : new Promise<never>(() => undefined),
          return: async () => {
            isClosed = true
            return { done: true, value: undefined }
          },
        }
      },
    }
    const ingesting = job.ingest(hanging, {
      batchSize: 10,
      signal: stop.signal,
      onProgress: ({ read }) => {
        if (read === 20) setImmediate(() => stop.abort())
      },
    })
    await expect(ingesting).rejects.toMatchObject({ code: 'ABORTED' })
    expect(isClosed).toBe(true)
    expect((await job.info()).counters.received).toBe(20)
    await broadside.close()
  })

  it('tells a stream that fails apart, and says how much is in', async () => {
    const { broadside } = await bench()
    const job = await broadside.jobs.create(MESSAGE)
    function* users(): Generator<IngestUser> {
      yield* people(25)
      throw new Error('connection reset')
    }
    await expect(job.ingest(users(), { batchSize: 10 })).rejects.toMatchObject({
      code: 'INGEST_SOURCE_FAILED',
      message: expect.stringContaining('connection reset'),
    })
    expect((await job.info()).counters.received).toBe(20)
    await broadside.close()
  })

  it('refuses what is no list of users', async () => {
    const { broadside } = await bench()
    const job = await broadside.jobs.create(MESSAGE)
    for (const users of ['a@example.com', 7, null, undefined, { profile: {} }]) {
      await expect(job.ingest(users as never)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    }
    await expect(job.ingest(people(1), { batchSize: 0 })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    expect((await job.info()).counters.received).toBe(0)
    await broadside.close()
  })

  it('takes an empty list, but not for a job that is gone or run', async () => {
    const { broadside } = await bench()
    const job = await broadside.jobs.create(MESSAGE)
    expect(await job.ingest([])).toMatchObject({ total: 0 })
    await job.run()
    await expect(job.ingest([])).rejects.toMatchObject({ code: 'INVALID_TRANSITION', operation: 'ingest' })
    await job.delete()
    await expect(job.ingest([])).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' })
    await broadside.close()
  })
})
