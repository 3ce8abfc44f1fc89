import { describe, expect, it } from 'vitest'
import { bench, MESSAGE, people, recorder } from './support.js'

describe('reading jobs and items', () => {
  it('pages items, each once, also while the job runs', async () => {
    const { broadside, clock } = await bench()
    const job = await broadside.jobs.create(MESSAGE)
    await job.ingest(people(257))
    const seen: string[] = []
    let cursor: string | undefined
    let pages = 0
    do {
      const page = await job.items({ cursor, limit: 50 })
      seen.push(...page.items.map((item) => item.messageId))
      expect(page.paging.more).toBe(page.paging.cursor !== undefined)
      cursor = page.paging.cursor
      if (++pages === 2) await job.run()
      await clock.advance(10)
    } while (cursor !== undefined)
    expect(seen).toHaveLength(257)
    expect(new Set(seen).size).toBe(257)
    await broadside.close()
  })

  it('filters items by status and code, and shows what was ingested', async () => {
    const provider = recorder({
      answer: ({ address }) =>
        address.startsWith('person1') ? { type: 'rejected', code: 'NO', reason: 'x' } : { type: 'sent', receipt: 'r' },
    })
    const { broadside, clock } = await bench({ providers: [provider] })
    const job = await broadside.jobs.create(MESSAGE)
    await job.ingest([...people(10), { recipient: 'ghost', data: { a: 1 }, preferences: { b: 2 } }])
    await job.run()
    await clock.advance(1_000)
    expect((await job.items({ status: 'error' })).items.map((item) => item.profile)).toEqual([
      { email: 'person1@example.com' },
    ])
    expect((await job.items({ status: ['error', 'skipped'] })).items).toHaveLength(2)
    expect((await job.items({ code: 'NO_ADDRESS' })).items).toMatchObject([
      { recipient: 'ghost', status: 'skipped', data: { a: 1 }, preferences: { b: 2 } },
    ])
    expect((await job.items({ status: 'enqueued', limit: 1 })).items[0]).toMatchObject({
      receipt: 'r',
      channel: 'email',
      attempts: 1,
    })
    expect(await job.codes()).toEqual({ NO: 1, NO_ADDRESS: 1 })
    await broadside.close()
  })

  it('lists jobs newest first, by status, tags, name and time', async () => {
    const { broadside, clock } = await bench()
    const ids: string[] = []
    for (let i = 0; i < 7; i++) {
      const tags = i % 2 === 0 ? ['even', 'all'] : ['all']
      ids.push((await broadside.jobs.create({ ...MESSAGE, name: `job ${i}`, tags })).id)
      await clock.advance(1_000)
    }
    await (await broadside.jobs.get(ids[0] ?? '')).run()
    const first = await broadside.jobs.list({ limit: 4 })
    const second = await broadside.jobs.list({ limit: 4, cursor: first.paging.cursor })
    expect([...first.jobs, ...second.jobs].map((job) => job.id)).toEqual(ids.toReversed())
    expect(second.paging.more).toBe(false)
    expect((await broadside.jobs.list({ tags: ['even', 'all'] })).jobs).toHaveLength(4)
    expect((await broadside.jobs.list({ status: 'completed' })).jobs.map((job) => job.id)).toEqual([ids[0]])
    expect((await broadside.jobs.list({ name: 'job 3' })).jobs.map((job) => job.id)).toEqual([ids[3]])
    const [newest] = first.jobs
    expect((await broadside.jobs.list({ createdFrom: new Date(newest?.createdAt ?? 0) })).jobs).toHaveLength(1)
    expect((await broadside.jobs.list({ createdBefore: newest?.createdAt })).jobs).toHaveLength(6)
    await broadside.close()
  })

  it('prunes jobs that ended before an instant, with their items, and keys that are over', async () => {
    const { broadside, clock } = await bench()
    const make = async (): Promise<string> => {
      const job = await broadside.jobs.create(MESSAGE, { idempotencyKey: `k${clock.now()}` })
      await job.ingest(people(1_500))
      await job.run()
      await clock.advance(5_000)
      return job.id
    }
    const old = await make()
    const open = await broadside.jobs.create(MESSAGE)
    await clock.advance(48 * 3_600_000)
    const recent = await make()
    const result = await broadside.jobs.prune({ finishedBefore: clock.now() - 3_600_000 })
    expect(result).toMatchObject({ jobs: 1 })
    expect(result.rows).toBeGreaterThanOrEqual(1_501)
    await expect(broadside.jobs.get(old)).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' })
    expect((await broadside.jobs.list()).jobs.map((job) => job.id).sort()).toEqual([open.id, recent].sort())
    await broadside.close()
  })
})
