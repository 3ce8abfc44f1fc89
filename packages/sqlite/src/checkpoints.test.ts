import { statSync } from 'node:fs'
import Database from 'better-sqlite3'
import { afterAll, describe, expect, it } from 'vitest'
import { addItems, newItems, newJob, opened } from '../test/fixtures.js'
import { testDirectory } from '../test/harnesses.js'
import { sqliteStorage } from './sqlite-storage.js'

const directory = testDirectory()
afterAll(() => directory.remove())

const MEGABYTE = 1_048_576

describe('checkpoints', () => {
  it('keep the write-ahead log short while it is written to without a pause', async () => {
    const file = directory.newFile()
    const storage = await opened(sqliteStorage(file))
    await storage.createJob({ job: newJob() })
    for (let call = 0; call < 40; call += 1) {
      const items = newItems(500, call * 500).map((item) => ({ ...item, payload: 'x'.repeat(1_000) }))
      await addItems(storage, 'job-1', items)
    }
    expect(statSync(file).size).toBeGreaterThan(15 * MEGABYTE)
    expect(statSync(`${file}-wal`).size).toBeLessThan(8 * MEGABYTE)
    await storage.close()
  })

  it('leave everything in the database when the storage is closed, also while the host keeps its handle open', async () => {
    const file = directory.newFile()
    const handle = new Database(file)
    const storage = await opened(sqliteStorage(handle))
    await storage.createJob({ job: newJob() })
    await storage.close()
    const [checkpoint] = handle.pragma('wal_checkpoint(noop)') as [{ log: number; checkpointed: number }]
    expect(checkpoint.checkpointed).toBe(checkpoint.log)
  })
})
