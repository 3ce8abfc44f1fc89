import pg from 'pg'
import { afterAll, describe, expect, it } from 'vitest'
import { TestDatabase } from '../test/database.js'
import { claimRange, newJob, runningJob, START } from '../test/jobs.js'
import { ManualTimers } from '../test/manual-timers.js'
import { type PostgresPool, postgresStorage } from './index.js'

const database = await TestDatabase.start()
afterAll(() => database.stop())

describe('a pool of the host’s', () => {
  it('stays open', async () => {
    const pool = database.newPool()
    const storage = postgresStorage(pool, { schema: database.newSchema() })
    await storage.open()
    const stop = storage.onWake?.(() => {})
    await storage.createJob({ job: newJob() })
    stop?.()
    await storage.close()
    expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
    await expect(storage.getJob('job-1')).rejects.toMatchObject({ code: 'STORAGE_CLOSED' })
  })

  it('of one connection is not used up by listening', async () => {
    const storage = postgresStorage(database.newPool(1), { schema: database.newSchema() })
    expect(storage.capabilities).toEqual({
      durable: true,
      shared: true,
      callerTransaction: 'async',
      wake: false,
      sendings: true,
    })
    await storage.open()
    expect((await Promise.all([storage.clock?.(), storage.listJobs({ limit: 1 })]))[1]).toEqual([])
    await storage.close()
  })

  it('has one connection taken for listening, however many storages there are on it', async () => {
    const pool = database.newPool(2)
    const storages = Array.from({ length: 3 }, () => postgresStorage(pool, { schema: database.newSchema() }))
    for (const storage of storages) await storage.open()
    const listening = storages.map((storage) => new Promise<void>((resolve) => storage.onWake?.(resolve)))
    await Promise.all(listening)
    await Promise.all(storages.map((storage) => storage.createJob({ job: newJob() })))
    expect(pool.totalCount).toBe(2)
    for (const storage of storages) await storage.close()
    expect((await Promise.all([pool.query('select'), pool.query('select')])).length).toBe(2)
  })

  it('hears at the latest on closing what had not been told yet', async () => {
    const schema = database.newSchema()
    const client = await database.newClient()
    await client.query(`listen "${schema}"`)
    const heard = new Promise<string>((resolve) => client.on('notification', ({ channel }) => resolve(channel)))
    // No time goes by, so that nothing is told before.
    const storage = await database.open({ schema, timers: new ManualTimers() })
    await runningJob(storage, 1)
    await storage.close()
    expect(await heard).toBe(schema)
  })

  it('may have parsers of its own for the types of our columns', async () => {
    const { INT8, FLOAT8, TEXT, BOOL } = pg.types.builtins
    const parsers = [INT8, FLOAT8, TEXT, BOOL].map((type) => [type, pg.types.getTypeParser(type)] as const)
    for (const [type] of parsers) pg.types.setTypeParser(type, () => 'parsed by the host')
    const storage = await database.open()
    const jobId = await runningJob(storage, 2)
    const claimed = await claimRange(storage, { jobId, token: 'a' })
    expect(claimed?.items.map(({ seq, recipient }) => [seq, recipient])).toEqual([
      [0, '0'],
      [1, '1'],
    ])
    expect((await storage.getJob(jobId))?.startedAt).toBe(START)
    await storage.close()
    for (const [type, parser] of parsers) pg.types.setTypeParser(type, parser)
  })

  it('is told from what is none', () => {
    for (const source of [undefined, null, 7, {}, { connect: () => {} }]) {
      expect(() => postgresStorage(source as unknown as PostgresPool)).toThrow(
        expect.objectContaining({ code: 'INVALID_INPUT' }),
      )
    }
  })
})

describe('the database’s time', () => {
  it('is in ms since the epoch', async () => {
    const storage = await database.open()
    const { rows } = await database.pool.query<{ now: Date }>('select clock_timestamp() as now')
    expect(Math.abs(((await storage.clock?.()) ?? 0) - Number(rows[0]?.now))).toBeLessThan(5_000)
    await storage.close()
  })
})
