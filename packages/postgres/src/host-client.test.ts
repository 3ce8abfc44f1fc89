import { afterAll, describe, expect, it } from 'vitest'
import { TestDatabase } from '../test/database.js'
import { newJob } from '../test/jobs.js'
import { ManualTimers } from '../test/manual-timers.js'
import type { PostgresQuery } from './driver.js'
import { type PostgresStorageOptions, postgresStorage } from './index.js'

const database = await TestDatabase.start()
afterAll(() => database.stop())

async function openOnClient(options: PostgresStorageOptions = {}) {
  const client = await database.newClient()
  const schema = database.newSchema()
  const storage = postgresStorage(client, { schema, ...options })
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

  it('is waited for in turn by our own calls, not looked at again and again', async () => {
    const timers = new ManualTimers()
    const { storage } = await openOnClient({ timers })
    const ids = ['a', 'b', 'c', 'd']
    // No time goes by.
    await Promise.all(ids.map((id) => storage.createJob({ job: newJob(id) })))
    expect(await storage.listJobs({ limit: 9 })).toHaveLength(4)
    await storage.close()
  })

  it('carries our writes in the host’s transaction while calls wait for its end', async () => {
    const { client, storage } = await openOnClient()
    await client.query('begin')
    const waiting = storage.createJob({ job: newJob('waiting') })
    await storage.within?.(client).createJob({ job: newJob('within') })
    await client.query('rollback')
    await waiting
    expect((await storage.listJobs({ limit: 9 })).map(({ id }) => id)).toEqual(['waiting'])
    await storage.close()
  })

  it('is waited for ten seconds', async () => {
    const timers = new ManualTimers()
    const { client, storage } = await openOnClient({ timers })
    await client.query('begin')
    let failure: unknown
    const waiting = storage.createJob({ job: newJob() }).catch((error: unknown) => {
      failure = error
    })
    let waitedMs = 0
    for (; failure === undefined && waitedMs < 20_000; waitedMs += 50) {
      for (let looks = 0; looks < 5; looks += 1) await client.query('select')
      timers.advance(50)
    }
    await waiting
    expect(failure).toMatchObject({ code: 'STORAGE_FAILED', message: expect.stringContaining('10000 ms') })
    await client.query('commit')
    expect(await storage.listJobs({ limit: 9 })).toEqual([])
    await storage.close()
  })

  it('is left outside of a transaction when the question whether it is in one fails', async () => {
    const { client, storage } = await openOnClient()
    const query = client.query.bind(client) as (query: PostgresQuery) => Promise<unknown>
    let isTampered = true
    const tampered = async (statement: PostgresQuery) => {
      if (!isTampered || !statement.text?.includes('statement_timestamp()')) return query(statement)
      isTampered = false
      return query({ ...statement, text: statement.text.replace('now()', '1 / 0') })
    }
    Object.assign(client, { query: tampered })
    await expect(storage.createJob({ job: newJob('a') })).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
    expect((await storage.createJob({ job: newJob('b') })).id).toBe('b')
    await storage.close()
  })
})
