import { describe, expect, it } from 'vitest'
import { isBroadsideError, type SendOutcome } from '../src/index.js'
import { bench, MESSAGE, people, recorder } from './support.js'

/** A provider whose sends stay under way until let go. */
function gate() {
  const waiting: (() => void)[] = []
  const provider = recorder({
    limits: { concurrency: 2 },
    answer: () => new Promise<SendOutcome>((resolve) => waiting.push(() => resolve({ type: 'sent' }))),
  })
  const letGo = (): void => {
    for (const go of waiting.splice(0)) go()
  }
  return { provider, letGo, waiting }
}

describe('the lifecycle of a job', () => {
  it('completes at once when it is run without items', async () => {
    const { broadside } = await bench()
    const job = await broadside.jobs.create(MESSAGE)
    const info = await job.run()
    expect(info).toMatchObject({ status: 'completed', counters: { received: 0 } })
    await broadside.close()
  })

  it('runs once', async () => {
    const { broadside } = await bench()
    const job = await broadside.jobs.create(MESSAGE)
    await job.run()
    await expect(job.run()).rejects.toMatchObject({ code: 'INVALID_TRANSITION', from: 'completed', operation: 'run' })
    await broadside.close()
  })

  it('runs once when called twice at the same time', async () => {
    const { broadside } = await bench()
    const job = await broadside.jobs.create(MESSAGE)
    await job.ingest(people(3))
    const results = await Promise.allSettled([job.run(), job.run()])
    expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected'])
    await broadside.close()
  })

  it('takes no users once it has been run', async () => {
    const { broadside } = await bench()
    const job = await broadside.jobs.create(MESSAGE)
    await job.ingest(people(1))
    await job.run()
    await expect(job.ingest(people(1, 5))).rejects.toMatchObject({ code: 'INVALID_TRANSITION' })
    expect((await job.info()).counters.received).toBe(1)
    await broadside.close()
  })

  it('pauses: what is in flight is recorded, nothing else goes out; resume goes on', async () => {
    const { provider, letGo, waiting } = gate()
    const { broadside, clock } = await bench({ providers: [provider] })
    const job = await broadside.jobs.create(MESSAGE)
    await job.ingest(people(10))
    await job.run()
    await clock.advance(0)
    expect(waiting).toHaveLength(2)
    await job.pause()
    letGo()
    await clock.advance(1_000)
    expect(provider.sent).toHaveLength(2)
    expect(await job.info()).toMatchObject({ status: 'paused', inFlight: 0, counters: { enqueued: 2, pending: 8 } })
    await job.resume()
    for (let round = 0; round < 6; round++) {
      await clock.advance(100)
      letGo()
    }
    await clock.advance(1_000)
    expect(await job.info()).toMatchObject({ status: 'completed', counters: { enqueued: 10 } })
    expect(provider.sent).toHaveLength(10)
    await broadside.close()
  })

  it('cancels: the rest is cancelled at once, what is in flight is settled; wait waits for that', async () => {
    const { provider, letGo } = gate()
    const { broadside, clock } = await bench({ providers: [provider] })
    const job = await broadside.jobs.create(MESSAGE)
    await job.ingest(people(5_000))
    await job.run()
    await clock.advance(0)
    const cancelled = job.cancel({ wait: true })
    await clock.advance(1)
    letGo()
    await clock.advance(1_000)
    const info = await cancelled
    expect(info).toMatchObject({
      status: 'cancelled',
      closedAs: 'cancelled',
      inFlight: 0,
      counters: { enqueued: 2, cancelled: 4_998, pending: 0 },
    })
    expect((await job.items({ status: 'cancelled', limit: 1_000 })).items).toHaveLength(1_000)
    await expect(job.cancel()).rejects.toMatchObject({ code: 'INVALID_TRANSITION' })
    await broadside.close()
  })

  it('retries failed items of a completed job, with the same messageId and a new run number', async () => {
    let isDown = true
    const provider = recorder({
      answer: () => (isDown ? { type: 'rejected', code: 'NO', reason: 'not today' } : { type: 'sent' }),
    })
    const { broadside, clock } = await bench({ providers: [provider] })
    const job = await broadside.jobs.create(MESSAGE)
    await job.ingest(people(3))
    await job.run()
    await clock.advance(1_000)
    expect(await job.info()).toMatchObject({ status: 'completed', counters: { error: 3 } })
    expect(await job.codes()).toEqual({ NO: 3 })
    isDown = false
    expect(await job.retryFailed()).toMatchObject({ status: 'processing', runNo: 2 })
    await clock.advance(1_000)
    expect(await job.info()).toMatchObject({ status: 'completed', counters: { error: 0, enqueued: 3 } })
    expect(await job.codes()).toEqual({})
    const ids = provider.sent.map((message) => message.messageId)
    expect(new Set(ids).size).toBe(3)
    expect(ids.slice(3).sort()).toEqual(ids.slice(0, 3).sort())
    await broadside.close()
  })

  it('deletes an ended job, and only that', async () => {
    const { broadside, clock } = await bench()
    const job = await broadside.jobs.create(MESSAGE)
    await job.ingest(people(3))
    await expect(job.delete()).rejects.toMatchObject({ code: 'INVALID_TRANSITION', operation: 'delete' })
    await job.run()
    await clock.advance(1_000)
    await job.delete()
    await expect(job.info()).rejects.toSatisfy((error) => isBroadsideError(error, 'JOB_NOT_FOUND'))
    await broadside.close()
  })

  it('tells each transition once', async () => {
    const told: string[] = []
    const { broadside, clock } = await bench()
    for (const name of [
      'job:created',
      'job:running',
      'job:paused',
      'job:resumed',
      'job:completed',
      'job:deleted',
    ] as const) {
      broadside.on(name, () => told.push(name))
    }
    const job = await broadside.jobs.create(MESSAGE)
    await job.ingest(people(20))
    await job.run()
    await job.pause()
    await job.resume()
    await clock.advance(1_000)
    await job.delete()
    expect(told).toEqual(['job:created', 'job:running', 'job:paused', 'job:resumed', 'job:completed', 'job:deleted'])
    await broadside.close()
  })

  it('lets a job be watched to its end, throttled, the last progress final', async () => {
    const { broadside, clock } = await bench()
    const job = await broadside.jobs.create(MESSAGE)
    await job.ingest(people(3_000))
    const seen: boolean[] = []
    const watching = (async () => {
      for await (const progress of job.watch()) seen.push(progress.isFinal)
    })()
    await job.run()
    await clock.advance(5_000)
    await watching
    expect(seen.at(-1)).toBe(true)
    expect(seen.filter(Boolean)).toHaveLength(1)
    expect(await job.finished()).toMatchObject({ status: 'completed' })
    await broadside.close()
  })
})
