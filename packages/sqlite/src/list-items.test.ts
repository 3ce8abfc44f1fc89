import { ITEM_STATUSES, type ItemStatus, type Storage } from '@broadside/core'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { allItems, claim, NOW, opened, runningJob } from '../test/fixtures.js'
import { sqliteStorage } from './sqlite-storage.js'

const ITEMS = 240
const CODES = ['A', 'B', 'C', 'closed', 'none']

/** A job of items in every state: settled, to be tried again, claimed again, held, given back; with the codes of failure. */
async function motleyJob(storage: Storage, jobId: string, codes: number): Promise<void> {
  await runningJob(storage, ITEMS, jobId)
  await claim(storage, jobId, { token: 'a', limit: 160 })
  const settlements = Array.from({ length: 120 }, (_, seq) => {
    const code = codes > 3 ? `code-${seq % codes}` : CODES[seq % 3]
    const to = (['enqueued', 'error', 'skipped', 'uncertain', 'pending'] as const)[seq % 5] ?? 'error'
    if (to === 'enqueued') return { seq, to, attempts: 1 }
    return { seq, to, attempts: 1, code, ...(to === 'pending' ? { nextAttemptAt: NOW } : {}) }
  })
  await storage.settle({ jobId, token: 'a', now: NOW, settlements })
  const retries = { jobId, source: 'retries', wave: 0, limit: 10, start: 0, token: 'b', now: NOW } as const
  await storage.claim({ ...retries, leaseUntil: NOW + 1 })
  await claim(storage, jobId, { token: 'c', limit: 30 })
  await storage.giveBack({ jobId, token: 'c', now: NOW })
}

describe('a filtered list', () => {
  let storage: Storage
  const close = { from: 'processing', to: 'cancelled', closedAs: 'cancelled', now: NOW } as const
  beforeAll(async () => {
    storage = await opened(sqliteStorage(':memory:'))
    await motleyJob(storage, 'open', 3)
    await motleyJob(storage, 'with many codes', 60)
    await motleyJob(storage, 'closed', 3)
    await storage.closeJob({ jobId: 'closed', ...close, code: 'closed' })
    await motleyJob(storage, 'closed without a code', 3)
    await storage.closeJob({ jobId: 'closed without a code', ...close, to: 'failed', closedAs: 'error' })
  })
  afterAll(() => storage.close())

  for (const jobId of ['open', 'with many codes', 'closed', 'closed without a code']) {
    it(`holds what the filter lets through, in the order of seq: a job ${jobId}`, async () => {
      const everything = await allItems(storage, { jobId })
      expect(everything.map(({ seq }) => seq)).toEqual(Array.from({ length: ITEMS }, (_, seq) => seq))
      const statusesOf = fc.option(fc.subarray<ItemStatus>([...ITEM_STATUSES]), { nil: undefined })
      const codesOf = fc.option(fc.subarray([...CODES, 'code-1', 'code-59']), { nil: undefined })
      await fc.assert(
        fc.asyncProperty(statusesOf, codesOf, async (statuses, codes) => {
          const expected = everything.filter(
            ({ status, code }) =>
              (!statuses || statuses.includes(status)) && (!codes || (code !== undefined && codes.includes(code))),
          )
          expect(await allItems(storage, { jobId, statuses, codes })).toEqual(expected)
        }),
        { numRuns: 60 },
      )
    })
  }

  it('counts by code what it lists by code', async () => {
    for (const jobId of ['open', 'with many codes', 'closed', 'closed without a code']) {
      const counts = new Map<string, number>()
      for (const { code } of await allItems(storage, { jobId })) {
        if (code !== undefined) counts.set(code, (counts.get(code) ?? 0) + 1)
      }
      expect(await storage.countCodes(jobId)).toEqual(Object.fromEntries(counts))
    }
  })
})

describe('a revision', () => {
  it('reaches failed items with any code, or none, each once', async () => {
    const storage = await opened(sqliteStorage(':memory:'))
    await motleyJob(storage, 'job', 3)
    const revise = { jobId: 'job', from: 'processing', statuses: ['error', 'skipped'], now: NOW } as const
    const first = await storage.reviseItems({ ...revise, to: 'error', code: 'B' })
    expect(first.changed).toBe(48)
    expect((await storage.reviseItems({ ...revise, to: 'error' })).changed).toBe(48)
    expect(await storage.countCodes('job')).not.toHaveProperty('B', 48)
    expect((await storage.reviseItems({ ...revise, to: 'error', code: 'Z' })).changed).toBe(48)
    expect((await storage.reviseItems({ ...revise, to: 'pending' })).changed).toBe(48)
    expect((await storage.getJob('job'))?.counters).toMatchObject({ error: 0, skipped: 0, pending: 192 })
    await storage.close()
  })

  it('reaches what was closed with its job, though no row says so', async () => {
    const storage = await opened(sqliteStorage(':memory:'))
    await motleyJob(storage, 'job', 3)
    const closed = { jobId: 'job', now: NOW } as const
    await storage.closeJob({ ...closed, from: 'processing', to: 'failed', closedAs: 'expired', code: 'LATE' })
    const before = await storage.getJob('job')
    const { changed } = await storage.reviseItems({ ...closed, from: 'failed', statuses: ['expired'], to: 'enqueued' })
    expect(changed).toBe(before?.counters.expired)
    expect((await allItems(storage, { jobId: 'job', statuses: ['enqueued'] })).length).toBe(24 + changed)
    expect(await storage.getJob('job')).toMatchObject({ inFlight: before?.inFlight, counters: { expired: 0 } })
    expect(await storage.countCodes('job')).not.toHaveProperty('LATE')
    await storage.close()
  })
})
