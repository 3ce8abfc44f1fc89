import { createBroadside } from '@broadside/core'
import { afterAll, describe, expect, it } from 'vitest'
import { TestDatabase } from '../test/database.js'
import { claimRange, newItems, newJob, runningJob } from '../test/jobs.js'

const database = await TestDatabase.start()
afterAll(() => database.stop())

const input = { message: { content: { text: 'Hello' } } }
const users = [{ recipient: 'ann' }, { recipient: 'bob' }]

async function inTransaction() {
  const schema = database.newSchema()
  const storage = await database.open({ schema })
  const client = await database.newClient()
  await client.query('begin')
  return { storage, client, schema }
}

describe('the host’s own transaction', () => {
  it('brings jobs about when it commits', async () => {
    const { storage, client } = await inTransaction()
    const broadside = await createBroadside({ storage, dispatch: false })
    const created = new Promise<string>((resolve) => broadside.on('job:created', ({ jobId }) => resolve(jobId)))
    const jobId = await broadside.within(client).createJob(input)
    expect(await broadside.within(client).ingest(jobId, users)).toMatchObject({ total: 2 })
    await expect(broadside.jobs.get(jobId)).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' })
    await client.query('commit')
    expect(await created).toBe(jobId)
    expect((await storage.getJob(jobId))?.counters.received).toBe(2)
    await broadside.close()
  })

  it('leaves nothing when it rolls back', async () => {
    const { storage, client, schema } = await inTransaction()
    const writes = storage.within?.(client)
    await writes?.createJob({ job: newJob() })
    await writes?.addItems({ jobId: 'job-1', items: newItems(3), duplicateCode: 'D' })
    await writes?.transitionJob({ jobId: 'job-1', from: 'created', to: 'processing', now: 1 })
    expect((await writes?.getJob('job-1'))?.status).toBe('processing')
    await client.query('rollback')
    expect(await storage.listJobs({ limit: 10 })).toEqual([])
    expect((await database.pool.query(`select from "${schema}".items`)).rows).toHaveLength(0)
    await storage.close()
  })

  it.each([
    ['commits', 'commit'],
    ['rolls back', 'rollback'],
    ['is lost', 'select pg_terminate_backend(pg_backend_pid())'],
  ])('is known to have ended when it %s', async (_, statement) => {
    const { storage, client } = await inTransaction()
    const writes = storage.within?.(client)
    await writes?.createJob({ job: newJob() })
    let hasEnded = false
    const ended = writes?.ended().then(() => {
      hasEnded = true
    })
    // It is looked for several times meanwhile.
    for (let looks = 0; looks < 20; looks += 1) await storage.clock?.()
    expect(hasEnded).toBe(false)
    await client.query(statement).catch(() => undefined)
    await ended
    await storage.close()
  })

  it('goes on after a call of ours that was refused', async () => {
    const { storage, client } = await inTransaction()
    const writes = storage.within?.(client)
    await writes?.createJob({ job: newJob() })
    await expect(writes?.createJob({ job: newJob() })).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
    const call = { jobId: 'nobody', items: newItems(1), duplicateCode: 'D' }
    const once = { key: 'k', requestHash: 'h', now: 1, keepUntil: 9 }
    await expect(writes?.addItems({ ...call, once })).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' })
    await client.query('commit')
    expect(await storage.getJob('job-1')).toBeDefined()
    expect(await storage.findOnce({ key: 'k', now: 1 })).toBeUndefined()
    await storage.close()
  })

  it('takes calls that are made at once, one after the other', async () => {
    const { storage, client } = await inTransaction()
    const ids = ['a', 'b', 'c', 'd']
    const calls = ids.map((id) => storage.within?.(client).createJob({ job: newJob(id) }))
    await Promise.all([...calls, Promise.resolve(storage.within?.(client).getJob('a'))])
    await client.query('commit')
    expect(await storage.listJobs({ limit: 10 })).toHaveLength(4)
    await storage.close()
  })

  it('loses nothing of one call when another that is made at the same time fails', async () => {
    const { storage, client } = await inTransaction()
    const writes = storage.within?.(client)
    await writes?.createJob({ job: newJob('taken') })
    const ids = ['a', 'b', 'c', 'd', 'e', 'f']
    const calls = ids.flatMap((id) => [
      writes?.createJob({ job: newJob('taken') }),
      writes?.createJob({ job: newJob(id) }),
    ])
    const results = await Promise.allSettled(calls)
    expect(results.map(({ status }) => status)).toEqual(ids.flatMap(() => ['rejected', 'fulfilled']))
    await client.query('commit')
    expect(await storage.listJobs({ limit: 10 })).toHaveLength(7)
    await storage.close()
  })

  it('keeps nobody from a job with a call that was refused, however long it lasts', async () => {
    const { storage, client } = await inTransaction()
    const jobId = await runningJob(storage, 3)
    const writes = storage.within?.(client)
    const once = { key: 'k', requestHash: 'h', now: 1, keepUntil: 9 }
    const refused = await writes?.addItems({ jobId, items: newItems(1, 9), duplicateCode: 'D', once })
    expect(refused?.refused).toBe('processing')
    const moved = await writes?.transitionJob({ jobId, from: 'created', to: 'processing', now: 1 })
    expect(moved?.applied).toBe(false)
    expect((await claimRange(storage, { jobId, token: 'a' }))?.items).toHaveLength(3)
    await client.query('commit')
    expect(await storage.findOnce({ key: 'k', now: 1 })).toBeUndefined()
    await storage.close()
  })

  it('may follow another on the same handle, and each is known to have ended when it has', async () => {
    const { storage, client } = await inTransaction()
    const writes = storage.within?.(client)
    await writes?.createJob({ job: newJob('first') })
    await client.query('commit')
    await writes?.ended()
    await client.query('begin')
    await writes?.createJob({ job: newJob('second') })
    let hasEnded = false
    const ended = writes?.ended().then(() => {
      hasEnded = true
    })
    for (let looks = 0; looks < 20; looks += 1) await storage.clock?.()
    expect(hasEnded).toBe(false)
    await client.query('rollback')
    await ended
    await storage.close()
  })

  it('may have another isolation level', async () => {
    const { storage, client } = await inTransaction()
    await client.query('set transaction isolation level serializable')
    await storage.within?.(client).createJob({ job: newJob() })
    await client.query('commit')
    expect(await storage.getJob('job-1')).toBeDefined()
    await storage.close()
  })

  it('is refused where there is none, or where it is at another database', async () => {
    const { storage, client, schema } = await inTransaction()
    await client.query('rollback')
    const create = (handle: unknown) => async () => storage.within?.(handle).createJob({ job: newJob() })
    await expect(create(client)()).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await expect(create({})()).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await client.query('begin')
    await client.query(`update "${schema}".schema_version set id = 'another'`)
    await expect(create(client)()).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await storage.close()
  })
})
