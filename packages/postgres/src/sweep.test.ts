import type { Storage } from '@broadside/core'
import { afterAll, describe, expect, it } from 'vitest'
import { TestDatabase } from '../test/database.js'
import { newItems, newJob, runningJob } from '../test/jobs.js'

const database = await TestDatabase.start()
afterAll(() => database.stop())

async function openWithDeleted(...jobIds: readonly string[]) {
  const schema = database.newSchema()
  const storage = await database.open({ schema })
  for (const jobId of jobIds) await deletedJob(storage, jobId)
  const client = await database.newClient()
  return { storage, schema, client }
}

async function deletedJob(storage: Storage, jobId: string): Promise<void> {
  await runningJob(storage, 6, jobId)
  await storage.closeJob({ jobId, from: 'processing', to: 'cancelled', closedAs: 'cancelled', now: 1 })
  await storage.deleteJob({ jobId, now: 1 })
}

describe('a sweep', () => {
  it('leaves to another what that is at, and says that nothing is left to do', async () => {
    const { storage, schema, client } = await openWithDeleted('a')
    const once = { key: 'k', requestHash: 'h', now: 1, keepUntil: 5 }
    await storage.createJob({ job: newJob('b'), once })
    await client.query(`begin; select from "${schema}".graves for update; select from "${schema}".answers for update`)
    expect(await storage.sweep({ now: 9, limit: 100 })).toEqual({ removed: 0, more: false })
    await client.query('rollback')
    expect(await storage.sweep({ now: 9, limit: 100 })).toEqual({ removed: 8, more: false })
    await storage.close()
  })

  it('goes on with the next job while another is at the first', async () => {
    const { storage, schema, client } = await openWithDeleted('a', 'b')
    await client.query(`begin; select from "${schema}".graves order by job limit 1 for update`)
    expect((await storage.sweep({ now: 9, limit: 100 })).removed).toBe(7)
    await client.query('rollback')
    expect(await storage.sweep({ now: 9, limit: 100 })).toEqual({ removed: 7, more: false })
    await storage.close()
  })

  it('removes the texts by which items were known, however many they are, and the job after them', async () => {
    const { storage, schema } = await openWithDeleted()
    const jobId = 'a'
    await storage.createJob({ job: newJob(jobId) })
    const items = newItems(3).map((item) => ({ ...item, also: [1, 2, 3].map((at) => `${item.identity}/${at}`) }))
    await storage.addItems({ jobId, items, duplicateCode: 'D' })
    await storage.closeJob({ jobId, from: 'created', to: 'cancelled', closedAs: 'cancelled', now: 1 })
    await storage.deleteJob({ jobId, now: 1 })
    const removed: number[] = []
    for (let more = true; more; ) {
      const swept = await storage.sweep({ now: 9, limit: 2 })
      removed.push(swept.removed)
      more = swept.more
    }
    expect(removed).toEqual([2, 2, 2, 2, 2, 2, 1])
    for (const table of ['items', 'further_texts', 'ranges', 'contents', 'graves']) {
      expect((await database.pool.query(`select from "${schema}".${table}`)).rowCount).toBe(0)
    }
    await storage.close()
  })

  it('goes on from where the last one ended, so that it does not go through what that one removed', async () => {
    const { storage, schema } = await openWithDeleted('a')
    expect(await storage.sweep({ now: 9, limit: 4 })).toEqual({ removed: 4, more: true })
    const behind = `update "${schema}".items set seq = 0 where seq = 4`
    await database.pool.query(behind)
    expect(await storage.sweep({ now: 9, limit: 1 })).toEqual({ removed: 1, more: true })
    const { rows } = await database.pool.query(`select seq::int from "${schema}".items`)
    expect(rows).toEqual([{ seq: 0 }])
    await storage.close()
  })
})
