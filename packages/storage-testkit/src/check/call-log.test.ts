import { memoryStorage } from '@broadside/memory'
import { describe, expect, it } from 'vitest'
import { claim } from '../fixtures/claims.js'
import { runningJob } from '../fixtures/jobs.js'
import { sent, settle } from '../fixtures/settlements.js'
import { logCalls } from './call-log.js'

const memory = { open: async () => memoryStorage() }

describe('logCalls', () => {
  it('tells of calls in words that fit a line: items by their seq, instants from the start of the case', async () => {
    const log = logCalls(memory)
    const storage = await log.harness.open()
    const jobId = await runningJob(storage, { items: 3 })
    await claim(storage, { jobId, token: 'a', limit: 2 })
    await settle(storage, { jobId, token: 'a', settlements: [sent(0)] })
    expect(log.lastCalls().slice(-2)).toEqual([
      "claim({ source: 'range', limit: 2, start: 0, leaseUntil: START + 30000, jobId: 'job-1', token: 'a', now: START }) → " +
        "{ token: 'a', jobId: 'job-1', items: [ 0, 1 ], startedThrough: -1, control: { status: 'processing', pending: 3 } }",
      "settle({ now: START, jobId: 'job-1', token: 'a', settlements: [ { seq: 0, to: 'enqueued', attempts: 1, channel: 'email' } ] }) → " +
        "{ answers: [ 'applied' ], held: true, control: { status: 'processing', pending: 2 }, completed: false }",
    ])
  })

  it('keeps reads only where they come last, and a few calls only', async () => {
    const log = logCalls(memory)
    const storage = await log.harness.open()
    for (let round = 0; round < 20; round += 1) {
      await storage.getJob('nobody')
      await storage.acquireMark({ key: 'k', token: `${round}`, now: round, leaseUntil: round + 1 })
    }
    await storage.listJobs({ limit: 1 })
    const methods = log.lastCalls().map((line) => line.slice(0, line.indexOf('(')))
    expect(methods).toEqual([...Array(7).fill('acquireMark'), 'listJobs'])
  })

  it('says what a call rejected with, and which has not answered', async () => {
    const log = logCalls(memory)
    const storage = await log.harness.open()
    await expect(storage.countCodes('nobody')).rejects.toThrow()
    expect(log.lastCalls()[0]).toMatch(/^countCodes\('nobody'\) rejects with .*nobody/)
    const pending = storage.sweep({ now: 0, limit: 1 })
    expect(log.lastCalls().at(-1)).toMatch(/has not answered$/)
    await pending
  })

  it('tells engines apart, and leaves one that is joined to itself the same', async () => {
    const log = logCalls({ ...memory, join: async () => memoryStorage() })
    const storage = await log.harness.open()
    const other = await log.harness.join?.(storage)
    await storage.sweep({ now: 0, limit: 1 })
    await other?.sweep({ now: 0, limit: 1 })
    expect(log.lastCalls().map((line) => line.slice(0, 8))).toEqual(['engine 1', 'engine 2'])
    const alone = logCalls({ ...memory, join: async (same) => same })
    const one = await alone.harness.open()
    expect(await alone.harness.join?.(one)).toBe(one)
  })
})
