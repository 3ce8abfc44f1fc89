import { afterAll, describe, expect, it } from 'vitest'
import { TestDatabase } from '../test/database.js'
import { newJob } from '../test/jobs.js'
import { postgresStorage } from './index.js'

const database = await TestDatabase.start()
afterAll(() => database.stop())

async function openOnClient() {
  const client = await database.newClient()
  const schema = database.newSchema()
  const storage = postgresStorage(client, { schema })
  await storage.open()
  await client.query(`create table "${schema}".host (word text)`)
  return { client, storage, table: `"${schema}".host` }
}

describe('a client of the host’s', () => {
  it('has no connection beside it to listen on, and stays open', async () => {
    const { client, storage } = await openOnClient()
    expect(storage.capabilities.wake).toBe(false)
    expect(storage.onWake).toBeUndefined()
    await storage.close()
    expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }])
  })

  it('is left to the host while that is in a transaction', async () => {
    const { client, storage, table } = await openOnClient()
    await client.query('set client_min_messages = error')
    await client.query('begin')
    const created = storage.createJob({ job: newJob() })
    await client.query(`insert into ${table} values ('host')`)
    await client.query('rollback')
    expect((await created).id).toBe('job-1')
    expect(await storage.getJob('job-1')).toBeDefined()
    expect((await client.query(`select from ${table}`)).rows).toHaveLength(0)
    await storage.close()
  })

  it('can be shared by storages', async () => {
    const { client, storage } = await openOnClient()
    const other = postgresStorage(client, { schema: database.newSchema() })
    await other.open()
    const ids = ['a', 'b', 'c']
    await Promise.all(ids.flatMap((id) => [storage, other].map((one) => one.createJob({ job: newJob(id) }))))
    expect(await other.listJobs({ limit: 10 })).toHaveLength(3)
    await Promise.all([storage.close(), other.close()])
  })

  it('is left to the host in a transaction that has failed', async () => {
    const { client, storage } = await openOnClient()
    await client.query('begin')
    await client.query('select 1 / 0').catch(() => undefined)
    const created = storage.createJob({ job: newJob() })
    await client.query('rollback')
    expect((await created).id).toBe('job-1')
    await storage.close()
  })
})
