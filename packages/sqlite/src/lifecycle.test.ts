import type { Storage } from '@broadside/core'
import Database from 'better-sqlite3'
import { afterAll, describe, expect, it } from 'vitest'
import { addItems, failureOf, newItems, newJob, opened } from '../test/fixtures.js'
import { testDirectory } from '../test/harnesses.js'
import { sqliteStorage } from './sqlite-storage.js'

const directory = testDirectory()
afterAll(() => directory.remove())

const CALLS: Readonly<Record<string, (storage: Storage) => Promise<unknown>>> = {
  createJob: (storage) => storage.createJob({ job: newJob() }),
  getJob: (storage) => storage.getJob('job-1'),
  sweep: (storage) => storage.sweep({ now: 0, limit: 1 }),
}

describe('a storage that is not open', () => {
  for (const [name, call] of Object.entries(CALLS)) {
    it(`refuses ${name} before open and after close`, async () => {
      const storage = sqliteStorage(directory.newFile())
      const before = await failureOf(call(storage))
      expect([before.code, before.message.includes('open()')]).toEqual(['STORAGE_CLOSED', true])
      await storage.open()
      await storage.close()
      expect((await failureOf(call(storage))).code).toBe('STORAGE_CLOSED')
    })
  }

  it('may be closed', async () => {
    await sqliteStorage(directory.newFile()).close()
  })
})

describe('close', () => {
  it('finishes the calls under way, and keeps what they did', async () => {
    const file = directory.newFile()
    const storage = await opened(sqliteStorage(file))
    await storage.createJob({ job: newJob() })
    const calls = [0, 1, 2].map((call) => addItems(storage, 'job-1', newItems(2_000, call * 2_000)))
    const closed = storage.close()
    expect((await failureOf(storage.getJob('job-1'))).code).toBe('STORAGE_CLOSED')
    await closed
    expect((await Promise.all(calls)).map(({ added }) => added)).toEqual([2_000, 2_000, 2_000])
    const again = await opened(sqliteStorage(file))
    expect((await again.getJob('job-1'))?.counters.received).toBe(6_000)
    await again.close()
  })

  it('that comes while it opens lets go of the file all the same', async () => {
    const file = directory.newFile()
    const storage = sqliteStorage(file)
    const opening = storage.open()
    await storage.close()
    await opening
    const again = await opened(sqliteStorage(file))
    await again.close()
  })

  it('is for good', async () => {
    const storage = await opened(sqliteStorage(directory.newFile()))
    await storage.close()
    expect((await failureOf(storage.open())).code).toBe('STORAGE_CLOSED')
  })

  it('leaves no connection behind', async () => {
    const opened: Database.Database[] = []
    class CountedDatabase extends Database {
      constructor(name: string, options?: Database.Options) {
        super(name, options)
        opened.push(this)
      }
    }
    const handle = new CountedDatabase(directory.newFile())
    const storage = sqliteStorage(handle)
    await storage.open()
    const calls = [storage.createJob({ job: newJob() }), storage.getJob('job-1'), storage.listJobs({ limit: 1 })]
    await Promise.all([...calls, storage.close()])
    await new Promise((resolve) => setImmediate(resolve))
    expect(opened.length).toBeGreaterThan(3)
    expect(opened.filter((one) => one.open)).toEqual([handle])
  })

  it('is idempotent', async () => {
    const storage = await opened(sqliteStorage(directory.newFile()))
    await Promise.all([storage.close(), storage.close()])
    await storage.close()
  })
})
