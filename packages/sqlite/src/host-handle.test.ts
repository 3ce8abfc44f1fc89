import Database from 'better-sqlite3'
import { afterAll, describe, expect, it } from 'vitest'
import {
  addItems,
  allItems,
  claim,
  failureOf,
  newItems,
  newJob,
  opened,
  runningJob,
  settleAsSent,
} from '../test/fixtures.js'
import { testDirectory } from '../test/harnesses.js'
import { manualTimers } from '../test/manual-timers.js'
import { sqliteStorage } from './sqlite-storage.js'

const directory = testDirectory()
afterAll(() => directory.remove())

const nextTurn = () => new Promise((resolve) => setImmediate(resolve))
const VARIANTS = { 'on a file': () => directory.newFile(), 'in memory': () => ':memory:' }

for (const [name, newName] of Object.entries(VARIANTS)) {
  describe(`a handle of the host's, ${name}`, () => {
    it('is waited for while the host is in a transaction', async () => {
      const handle = new Database(newName())
      const storage = await opened(sqliteStorage(handle, { timers: manualTimers() }))
      handle.exec('create table orders (id integer); begin immediate; insert into orders values (1)')
      let done = false
      const call = storage.createJob({ job: newJob() }).then(() => {
        done = true
      })
      for (let turn = 0; turn < 5; turn += 1) await nextTurn()
      expect(done).toBe(false)
      handle.exec('rollback')
      await call
      expect(handle.prepare('select count(*) from orders').pluck().get()).toBe(0)
      expect(await storage.getJob('job-1')).toMatchObject({ status: 'created' })
      await storage.close()
    })

    it('is waited for so long and no longer, and the error says who may hold it', async () => {
      const handle = new Database(newName())
      const timers = manualTimers()
      const storage = await opened(sqliteStorage(handle, { timers, busyLimitMs: 200 }))
      handle.exec('begin immediate')
      const { code, message } = await failureOf(storage.createJob({ job: newJob() }))
      expect([code, message.includes('a transaction that the host left open')]).toEqual(['STORAGE_FAILED', true])
      const waited = timers.delays.reduce((sum, ms) => sum + ms, 0)
      expect(waited).toBeGreaterThanOrEqual(200)
      expect(waited).toBeLessThan(300)
      handle.exec('rollback')
      await storage.createJob({ job: newJob() })
      await storage.close()
    })

    it('may be set to bigints', async () => {
      const handle = new Database(newName())
      handle.defaultSafeIntegers(true)
      const storage = await opened(sqliteStorage(handle))
      const jobId = await runningJob(storage, 3)
      await claim(storage, jobId, { token: 'a' })
      await settleAsSent(storage, jobId, { token: 'a', seqs: [0, 1] })
      expect((await allItems(storage, { jobId })).map(({ seq, status }) => [seq, status])).toEqual([
        [0, 'enqueued'],
        [1, 'enqueued'],
        [2, 'pending'],
      ])
      handle.exec('begin')
      storage.within?.(handle).createJob({ job: newJob('job-2') })
      handle.exec('commit')
      expect((await storage.getJob('job-2'))?.createdAt).toBe(newJob().createdAt)
      await storage.close()
    })

    it('is never closed, and its tables stay its own', async () => {
      const handle = new Database(newName())
      handle.exec('create table jobs (id); create table items (id)')
      const storage = await opened(sqliteStorage(handle, { tablePrefix: 'mail_' }))
      await storage.createJob({ job: newJob() })
      await storage.close()
      const tables = handle.prepare(`select name from sqlite_master where type = 'table' order by name`).pluck().all()
      expect(tables).toContain('mail_jobs')
      expect(handle.prepare('select count(*) from jobs').pluck().get()).toBe(0)
    })
  })
}

describe('a handle on a file', () => {
  it('can write whenever the host likes: no write of ours stays open between turns', async () => {
    const handle = new Database(directory.newFile(), { timeout: 0 })
    handle.exec('create table orders (id integer primary key)')
    const timers = manualTimers()
    timers.stepMs = 10
    const storage = await opened(sqliteStorage(handle, { timers }))
    await storage.createJob({ job: newJob() })
    let ingesting = true
    const ingest = addItems(storage, 'job-1', newItems(3_000)).finally(() => {
      ingesting = false
    })
    let orders = 0
    do {
      handle.prepare('insert into orders default values').run()
      orders += 1
      await nextTurn()
    } while (ingesting)
    expect((await ingest).added).toBe(3_000)
    expect(handle.prepare('select count(*) from orders').pluck().get()).toBe(orders)
    await storage.close()
  })
})

it('a prefix that can not begin a name is refused', () => {
  expect(() => sqliteStorage(':memory:', { tablePrefix: 'x; drop table y' })).toThrow(/prefix/)
  expect(() => sqliteStorage(':memory:', { tablePrefix: '' })).toThrow(/prefix/)
})
