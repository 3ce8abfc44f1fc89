import type { CallerTransaction, Storage } from '@broadside/core'
import Database from 'better-sqlite3'
import { afterAll, describe, expect, it } from 'vitest'
import { failureOf, NOW, newItems, newJob, opened } from '../test/fixtures.js'
import { testDirectory } from '../test/harnesses.js'
import { sqliteStorage } from './sqlite-storage.js'

const directory = testDirectory()
afterAll(() => directory.remove())

function within(storage: Storage, handle: unknown): CallerTransaction {
  if (!storage.within) throw new Error('the storage has no caller transactions')
  return storage.within(handle)
}

function launchWithin(storage: Storage, handle: Database.Database, id: string): void {
  const transaction = within(storage, handle)
  transaction.createJob({ job: newJob(id) })
  const added = transaction.addItems({ jobId: id, items: newItems(3), duplicateCode: 'D' })
  expect(added).toEqual({ added: 3, duplicates: [] })
  const set = { runNo: 1, startedAt: NOW, channels: ['email'] }
  transaction.transitionJob({ jobId: id, from: 'created', to: 'processing', now: NOW, set })
  expect(transaction.getJob(id)).toMatchObject({ status: 'processing', counters: { pending: 3 } })
}

const VARIANTS = { 'on a file': () => directory.newFile(), 'in memory': () => ':memory:' }

for (const [name, newName] of Object.entries(VARIANTS)) {
  describe(`the host's transaction, ${name}`, () => {
    async function openedOnHandle() {
      const handle = new Database(newName())
      handle.exec('create table orders (id integer primary key)')
      return { handle, storage: await opened(sqliteStorage(handle)) }
    }

    it('brings about what is written in it when it commits', async () => {
      const { handle, storage } = await openedOnHandle()
      handle.transaction(() => {
        handle.exec('insert into orders values (1)')
        launchWithin(storage, handle, 'job-1')
      })()
      expect(await storage.getJob('job-1')).toMatchObject({ status: 'processing', counters: { pending: 3 } })
      const { ready } = await storage.listClaimable({ now: NOW, channels: ['email'], limit: 10 })
      expect(ready).toHaveLength(1)
      await storage.close()
    })

    it('leaves nothing behind when it rolls back', async () => {
      const { handle, storage } = await openedOnHandle()
      const work = handle.transaction(() => {
        launchWithin(storage, handle, 'job-1')
        throw new Error('the order is void')
      })
      expect(work).toThrow('the order is void')
      expect(await storage.getJob('job-1')).toBeUndefined()
      await storage.createJob({ job: newJob('job-1') })
      expect(await storage.getJob('job-1')).toMatchObject({ counters: { received: 0 } })
      await storage.close()
    })

    it('goes on after a call of ours that failed, which has done nothing', async () => {
      const { handle, storage } = await openedOnHandle()
      handle.transaction(() => {
        const transaction = within(storage, handle)
        transaction.createJob({ job: newJob('job-1') })
        expect(() => transaction.createJob({ job: newJob('job-1') })).toThrow(/already/)
        const items = [...newItems(2), { ...newItems(1)[0], identity: 'new', payload: null }]
        expect(() => transaction.addItems({ jobId: 'job-1', items: items as never, duplicateCode: 'D' })).toThrow()
        handle.exec('insert into orders values (1)')
      })()
      expect(await storage.getJob('job-1')).toMatchObject({ counters: { received: 0 } })
      expect(handle.prepare('select count(*) from orders').pluck().get()).toBe(1)
      await storage.close()
    })

    it('holds for idempotency keys too', async () => {
      const { handle, storage } = await openedOnHandle()
      const once = { key: 'k', requestHash: 'h', now: NOW, keepUntil: NOW + 1_000 }
      const work = handle.transaction((fail: boolean) => {
        within(storage, handle).createJob({ job: newJob(fail ? 'job-1' : 'job-2'), once })
        if (fail) throw new Error('void')
      })
      expect(() => work(true)).toThrow('void')
      expect(await storage.findOnce({ key: 'k', now: NOW })).toBeUndefined()
      work(false)
      expect(await storage.createJob({ job: newJob('job-3'), once })).toMatchObject({ id: 'job-2' })
      await storage.close()
    })

    it('is told to have ended when it has', async () => {
      const { handle, storage } = await openedOnHandle()
      handle.exec('begin')
      const transaction = within(storage, handle)
      transaction.createJob({ job: newJob('job-1') })
      let ended = false
      const end = transaction.ended().then(() => {
        ended = true
      })
      for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve))
      expect(ended).toBe(false)
      handle.exec('commit')
      await end
      expect(await storage.getJob('job-1')).toMatchObject({ status: 'created' })
      await storage.close()
    })

    it('has to be open', async () => {
      const { handle, storage } = await openedOnHandle()
      expect(() => within(storage, handle)).toThrow(/not in a transaction/)
      await storage.close()
    })

    it('has to be on this database', async () => {
      const { storage } = await openedOnHandle()
      const other = new Database(newName())
      other.exec('begin')
      expect(() => within(storage, other)).toThrow(/another database/)
      expect(() => within(storage, {})).toThrow(/not a SQLite handle/)
      expect(() => within(storage, undefined)).toThrow(/not a SQLite handle/)
      await storage.close()
    })

    it('needs a storage that is open', async () => {
      const handle = new Database(newName())
      const storage = sqliteStorage(handle)
      handle.exec('begin')
      expect(() => within(storage, handle)).toThrow(/open\(\)/)
    })
  })
}

describe('another handle of the host on the same file', () => {
  it('carries a transaction as well', async () => {
    const file = directory.newFile()
    const storage = await opened(sqliteStorage(new Database(file)))
    const other = new Database(file)
    other.transaction(() => launchWithin(storage, other, 'job-1'))()
    expect(await storage.getJob('job-1')).toMatchObject({ status: 'processing' })
    await storage.close()
  })

  it('without our tables is told what is missing', async () => {
    const file = directory.newFile()
    const handle = new Database(file)
    const storage = await opened(sqliteStorage(handle))
    handle.exec('drop table broadside_schema; begin')
    expect(() => within(storage, handle)).toThrow(/open the engine/)
    handle.exec('rollback')
    await storage.close()
  })
})

describe('a storage on a path', () => {
  it('has no caller transactions, and says so', async () => {
    const storage = sqliteStorage(directory.newFile())
    expect([storage.capabilities.callerTransaction, storage.within]).toEqual(['none', undefined])
    expect((await failureOf(storage.getJob('x'))).code).toBe('STORAGE_CLOSED')
  })
})
