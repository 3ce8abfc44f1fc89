import { writeFileSync } from 'node:fs'
import type { Storage } from '@broadside/core'
import Database from 'better-sqlite3'
import { afterAll, describe, expect, it } from 'vitest'
import { addItems, claim, failureOf, newItems, newJob, opened, runningJob, settleAsSent } from '../test/fixtures.js'
import { testDirectory } from '../test/harnesses.js'
import { sqliteStorage } from './sqlite-storage.js'

const directory = testDirectory()
afterAll(() => directory.remove())

/** A database whose connections, ours among them, can be made to fail. */
class FailingDatabase extends Database {
  static fault: ((sql: string) => string | undefined) | undefined

  override exec(sql: string): this {
    const code = FailingDatabase.fault?.(sql)
    if (code) throw new Database.SqliteError(`made to fail at ${sql}`, code)
    return super.exec(sql)
  }
}

/** A database with a disk of a hundred pages. */
class SmallDatabase extends Database {
  constructor(name: string, options?: Database.Options) {
    super(name, options)
    this.pragma('max_page_count = 100')
  }
}

async function snapshotOf(storage: Storage) {
  return [await storage.getJob('job-1'), await storage.listItems({ jobId: 'job-1', limit: 1_000 })]
}

const big = newItems(400).map((item) => ({ ...item, payload: 'x'.repeat(2_000) }))

describe('a full disk', () => {
  const variants = {
    'a file': () => new SmallDatabase(directory.newFile()),
    'a handle in memory': () => new SmallDatabase(':memory:'),
  }
  for (const [name, create] of Object.entries(variants)) {
    it(`fails the call as a whole and says so: ${name}`, async () => {
      const storage = await opened(sqliteStorage(create()))
      await storage.createJob({ job: newJob() })
      await addItems(storage, 'job-1', newItems(3))
      const before = await snapshotOf(storage)
      const { code, message } = await failureOf(addItems(storage, 'job-1', big))
      expect([code, message.includes('full')]).toEqual(['STORAGE_FAILED', true])
      expect(await snapshotOf(storage)).toEqual(before)
      expect((await addItems(storage, 'job-1', newItems(2, 2))).added).toBe(1)
      await storage.close()
    })
  }
})

describe('a failing statement', () => {
  async function claimedOnFailing() {
    FailingDatabase.fault = undefined
    const storage = await opened(sqliteStorage(new FailingDatabase(directory.newFile())))
    const jobId = await runningJob(storage, 5)
    await claim(storage, jobId, { token: 'a', limit: 3 })
    return { storage, jobId }
  }

  it('at commit leaves everything as it was, and the next call works', async () => {
    const { storage, jobId } = await claimedOnFailing()
    const before = await snapshotOf(storage)
    FailingDatabase.fault = (sql) => (sql === 'commit' ? 'SQLITE_IOERR_FSYNC' : undefined)
    const { code, message } = await failureOf(settleAsSent(storage, jobId, { token: 'a', seqs: [0, 1] }))
    expect([code, message.includes('disk')]).toEqual(['STORAGE_FAILED', true])
    FailingDatabase.fault = undefined
    expect(await snapshotOf(storage)).toEqual(before)
    const { answers } = await settleAsSent(storage, jobId, { token: 'a', seqs: [0, 1] })
    expect(answers).toEqual(['applied', 'applied'])
    await storage.close()
  })

  it('that can not even be rolled back costs the connection, and nothing else', async () => {
    const { storage, jobId } = await claimedOnFailing()
    const before = await snapshotOf(storage)
    FailingDatabase.fault = (sql) => (sql === 'commit' || sql === 'rollback' ? 'SQLITE_IOERR' : undefined)
    expect((await failureOf(settleAsSent(storage, jobId, { token: 'a', seqs: [0, 1] }))).code).toBe('STORAGE_FAILED')
    FailingDatabase.fault = undefined
    expect(await snapshotOf(storage)).toEqual(before)
    expect((await settleAsSent(storage, jobId, { token: 'a', seqs: [0] })).answers).toEqual(['applied'])
    await storage.close()
  })

  it('keeps the error as the cause', async () => {
    const { storage, jobId } = await claimedOnFailing()
    FailingDatabase.fault = (sql) => (sql === 'commit' ? 'SQLITE_CORRUPT' : undefined)
    await expect(settleAsSent(storage, jobId, { token: 'a', seqs: [0] })).rejects.toMatchObject({
      code: 'STORAGE_FAILED',
      cause: { code: 'SQLITE_CORRUPT' },
      message: expect.stringContaining('damaged'),
    })
    FailingDatabase.fault = undefined
    await storage.close()
  })
})

describe('a decide that throws', () => {
  it('has done nothing, and its error comes through as it is', async () => {
    const storage = await opened(sqliteStorage(directory.newFile()))
    const jobId = await runningJob(storage, 4)
    await claim(storage, jobId, { token: 'a', limit: 2 })
    await storage.extend({ jobId, token: 'a', now: 0, leaseUntil: 1, startedThrough: 1 })
    const before = await snapshotOf(storage)
    const reap = storage.reap({
      now: 10,
      expiredAt: 10,
      limit: 5,
      decide: ({ seq }) => {
        if (seq === 1) throw new RangeError('undecided')
        return { seq, to: 'enqueued', attempts: 1 }
      },
    })
    await expect(reap).rejects.toThrow(new RangeError('undecided'))
    expect(await snapshotOf(storage)).toEqual(before)
    await storage.close()
  })
})

describe('a file that is no database', () => {
  it('is refused, and says why', async () => {
    const file = directory.newFile()
    writeFileSync(file, 'Dear diary, '.repeat(100))
    const { code, message } = await failureOf(sqliteStorage(file).open())
    expect([code, message.includes('not a SQLite database')]).toEqual(['STORAGE_FAILED', true])
  })

  it('in a directory that does not exist is refused', async () => {
    const { code, message } = await failureOf(sqliteStorage('/nowhere/at/all.db').open())
    expect([code, message.includes('/nowhere/at/all.db')]).toEqual(['STORAGE_FAILED', true])
  })
})
