import type pg from 'pg'
import { afterAll, describe, expect, it } from 'vitest'
import { TestDatabase } from '../test/database.js'
import { claimRange, newJob, runningJob, START } from '../test/jobs.js'
import type { PostgresPool, PostgresPoolClient, PostgresQuery } from './driver.js'
import { postgresStorage } from './index.js'
import { settingsOf } from './options.js'
import { PoolSource } from './pool-source.js'
import type { Session } from './session.js'
import { Transactions } from './transactions.js'

const database = await TestDatabase.start()
afterAll(() => database.stop())

const pool = database.newPool()
const transactions = new Transactions({ source: new PoolSource(pool), ...settingsOf({}) })

async function newTable(rows: number): Promise<string> {
  const schema = database.newSchema()
  await pool.query(`create schema ${schema}; create table ${schema}.counts (id int primary key, count int)`)
  await pool.query(`insert into ${schema}.counts select id, 0 from generate_series(1, ${rows}) as id`)
  return `${schema}.counts`
}

function increment(session: Session, table: string, id: number): Promise<number> {
  return session.run(() => `update ${table} set count = count + 1 where id = ${id}`)
}

/** Until the server has had enough of it. */
async function standStill(session: Session): Promise<void> {
  const [pid] = (await session.lastRow('select pg_backend_pid()')) ?? []
  await session.command("set local idle_in_transaction_session_timeout = '20ms'")
  while ((await pool.query('select from pg_stat_activity where pid = $1', [pid])).rowCount !== 0);
}

/** A pool that lets tests come between its connections and the database. */
function tamperedPool(tamper: (client: pg.PoolClient, query: PostgresQuery) => Promise<unknown>): PostgresPool {
  const tampered = (client: pg.PoolClient) =>
    new Proxy(client, {
      get: (target, name) => {
        const query = (text: PostgresQuery) => tamper(client, text)
        const member: unknown = name === 'query' ? query : Reflect.get(target, name)
        return typeof member === 'function' ? member.bind(target) : member
      },
    }) as PostgresPoolClient
  const connect: PostgresPool['connect'] = (callback) =>
    pool.connect((error, client) => callback(error, client && tampered(client)))
  return { connect, totalCount: 0, options: { max: 4 } }
}

describe('transactions', () => {
  it('that lock each other out are made again until both are through', async () => {
    const table = await newTable(2)
    let begun = 0
    let bothHaveBegun: () => void = () => {}
    const both = new Promise<void>((resolve) => {
      bothHaveBegun = resolve
    })
    const crossing = (first: number, second: number) =>
      transactions.write(async (session) => {
        await session.command("set local deadlock_timeout = '20ms'")
        await increment(session, table, first)
        begun += 1
        if (begun === 2) bothHaveBegun()
        await both
        await increment(session, table, second)
      })
    await Promise.all([crossing(1, 2), crossing(2, 1)])
    expect(begun).toBeGreaterThan(2)
    expect((await pool.query(`select count from ${table}`)).rows).toEqual([{ count: 2 }, { count: 2 }])
  })

  it('are made again once when their connection is lost before they were committed', async () => {
    const table = await newTable(1)
    let tries = 0
    await transactions.write(async (session) => {
      tries += 1
      await increment(session, table, 1)
      if (tries === 1) await session.command('select pg_terminate_backend(pg_backend_pid())')
    })
    expect(tries).toBe(2)
    expect((await pool.query(`select count from ${table}`)).rows).toEqual([{ count: 1 }])
  })

  it('that stand still are ended by the server, so that they keep nobody waiting, and made again', async () => {
    const table = await newTable(1)
    let tries = 0
    await transactions.write(async (session) => {
      tries += 1
      await increment(session, table, 1)
      expect(await session.lastRow('show idle_in_transaction_session_timeout')).toEqual(['5s'])
      if (tries === 1) await standStill(session)
      await increment(session, table, 1)
    })
    expect(tries).toBe(2)
    expect((await pool.query(`select count from ${table}`)).rows).toEqual([{ count: 2 }])
  })

  it('are undone when the work in them throws, and leave their connection usable', async () => {
    const table = await newTable(1)
    const single = new Transactions({ source: new PoolSource(database.newPool(1)), ...settingsOf({}) })
    const failing = single.write(async (session) => {
      await increment(session, table, 1)
      throw new Error('changed my mind')
    })
    await expect(failing).rejects.toThrow('changed my mind')
    await single.write((session) => increment(session, table, 1))
    expect((await pool.query(`select count from ${table}`)).rows).toEqual([{ count: 1 }])
  })

  it('that could not be undone go with their connection', async () => {
    const table = await newTable(1)
    let isFailing = true
    const tampered = tamperedPool(async (client, query) => {
      if (!isFailing || query.text !== 'rollback') return client.query(query)
      isFailing = false
      throw Object.assign(new Error('not now'), { code: '57014' })
    })
    const own = new Transactions({ source: new PoolSource(tampered), ...settingsOf({}) })
    const pids: unknown[] = []
    const failing = own.write(async (session) => {
      pids.push(...((await session.lastRow('select pg_backend_pid()')) ?? []))
      await increment(session, table, 1)
      throw new Error('changed my mind')
    })
    await expect(failing).rejects.toThrow('changed my mind')
    // It held the row's lock.
    await own.write((session) => increment(session, table, 1))
    const { rows } = await pool.query('select from pg_stat_activity where pid = $1 and xact_start is not null', pids)
    expect(rows).toHaveLength(0)
    expect((await pool.query(`select count from ${table}`)).rows).toEqual([{ count: 1 }])
  })

  it('that only read see one state throughout, and can write nothing', async () => {
    const table = await newTable(1)
    const count = async (session: Session) => (await session.lastRow(`select count from ${table}`))?.[0]
    await transactions.snapshot(async (session) => {
      const before = await count(session)
      await pool.query(`update ${table} set count = count + 1`)
      expect(await count(session)).toBe(before)
    })
    await expect(transactions.snapshot((session) => increment(session, table, 1))).rejects.toMatchObject({
      code: '25006',
    })
  })

  it('whose commit got no answer reject; a repeated settle is told that it had come about', async () => {
    let isLost = false
    const tampered = tamperedPool(async (client, query) => {
      const result = await client.query(query)
      if (isLost && query.text === 'commit') throw new Error('Connection terminated unexpectedly')
      return result
    })
    const storage = postgresStorage(tampered, { schema: database.newSchema(), listen: false })
    await storage.open()
    const jobId = await runningJob(storage, 3)
    const claimed = await claimRange(storage, { jobId, token: 'a' })
    const settlements = (claimed?.items ?? []).map(({ seq }) => ({ seq, to: 'enqueued', attempts: 1 }) as const)
    const settle = () => storage.settle({ jobId, token: 'a', now: START, settlements })
    isLost = true
    await expect(settle()).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
    isLost = false
    expect((await settle()).answers).toEqual(['already', 'already', 'already'])
    expect((await storage.getJob(jobId))?.counters.enqueued).toBe(3)
    await storage.close()
  })

  it('never stay open', async () => {
    const name = database.newSchema()
    const own = database.newPool(3, name)
    const storage = postgresStorage(own, { schema: database.newSchema(), listen: false })
    await storage.open()
    await storage.createJob({ job: newJob() })
    const calls = Array.from({ length: 12 }, () => storage.createJob({ job: newJob() }).catch(() => undefined))
    await Promise.all([...calls, storage.listItems({ jobId: 'nobody', limit: 1 }).catch(() => undefined)])
    const { rows } = await pool.query(
      "select state from pg_stat_activity where application_name = $1 and state <> 'idle'",
      [name],
    )
    expect(rows).toEqual([])
    await storage.close()
  })
})
