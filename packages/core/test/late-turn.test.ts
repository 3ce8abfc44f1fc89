import { memoryStorage } from '@broadside/memory'
import { describe, expect, it } from 'vitest'
import { createBroadside, manualClock, type Renderer, type SendOutcome } from '../src/index.js'
import { bench, MESSAGE, people, recorder, START } from './support.js'

/** A provider with a rate, which answers when it is told to: what comes next waits for its turn. */
function slowProvider() {
  const letGo: (() => void)[] = []
  const provider = recorder({
    limits: { concurrency: 1, rate: { limit: 100, intervalMs: 1_000 } },
    answer: () => new Promise<SendOutcome>((resolve) => letGo.push(() => resolve({ type: 'sent' }))),
  })
  return { provider, letGo }
}

describe('a message that has its turn late', () => {
  it.each(['pause', 'cancel'] as const)('does not go out after %s', async (operation) => {
    const { provider, letGo } = slowProvider()
    const { broadside, clock } = await bench({ providers: [provider] })
    const job = await broadside.jobs.create(MESSAGE)
    await job.ingest(people(20))
    // The other job's message holds the provider, this one's queue for it.
    const first = await broadside.jobs.create(MESSAGE)
    await first.ingest(people(1))
    await first.run()
    await clock.advance(10)
    await job.run()
    await clock.advance(10)
    await job[operation]()
    for (let round = 0; round < 5; round++) {
      for (const go of letGo.splice(0)) go()
      await clock.advance(1_000)
    }
    expect(provider.sent.filter(({ jobId }) => jobId === job.id)).toHaveLength(0)
    expect((await job.info()).inFlight).toBe(0)
    await broadside.close()
  })

  it('does not go out when its engine stood still and another has taken over', async () => {
    const storage = memoryStorage()
    const clock = manualClock(START)
    const { provider, letGo } = slowProvider()
    let isAsleep = false
    const sleepy = { ...clock, setTimer: (ms: number, fn: () => void) => clock.setTimer(ms, () => isAsleep || fn()) }
    const stood = await createBroadside({ storage, providers: [provider], clock: sleepy, tuning: { leaseMs: 10_000 } })
    const job = await stood.jobs.create(MESSAGE)
    await job.ingest(people(4))
    await job.run()
    await clock.advance(10)
    expect(provider.sent).toHaveLength(1)
    isAsleep = true
    const heirs = recorder()
    const heir = await createBroadside({ storage, providers: [heirs], clock, tuning: { leaseMs: 10_000 } })
    await clock.advance(60_000)
    expect(heirs.sent).toHaveLength(4)
    isAsleep = false
    for (const go of letGo) go()
    await clock.advance(10_000)
    expect(provider.sent).toHaveLength(1)
    await Promise.all([stood.close(), heir.close()])
  })

  it('does not go out when its rendering ended after a pause', async () => {
    const provider = recorder()
    const letGo: (() => void)[] = []
    const renderer: Renderer = {
      name: 'slow',
      compile: (content) => ({
        render: () => new Promise((resolve) => letGo.push(() => resolve(content))),
      }),
    }
    const { broadside, clock } = await bench({ providers: [provider], renderer })
    const job = await broadside.jobs.create({ message: { content: { text: 'Hello {{ name }}' } } })
    await job.ingest(people(3))
    await job.run()
    await clock.advance(10)
    expect(letGo.length).toBeGreaterThan(0)
    await job.pause()
    for (const go of letGo) go()
    await clock.advance(1_000)
    expect(provider.sent).toHaveLength(0)
    await broadside.close()
  })
})
