import { describe, expect, it } from 'vitest'
import { bench, MESSAGE, people, recorder } from './support.js'

describe('a job', () => {
  it('goes from create to completed, every item sent once', async () => {
    const provider = recorder()
    const { broadside, clock } = await bench({ providers: [provider] })
    const job = await broadside.jobs.create(MESSAGE)
    expect(await job.ingest(people(2_500))).toEqual({ total: 2_500, errors: [], errorCounts: {} })
    await job.run()
    await clock.advance(5_000)
    const info = await job.info()
    expect(info).toMatchObject({ status: 'completed', inFlight: 0, runNo: 1 })
    expect(info.counters).toMatchObject({ received: 2_500, enqueued: 2_500, pending: 0 })
    expect(new Set(provider.sent.map((message) => message.address)).size).toBe(2_500)
    expect(provider.sent).toHaveLength(2_500)
    await broadside.close()
    expect(clock.pendingTimers).toBe(0)
  })
})
