import { statSync } from 'node:fs'
import Database from 'better-sqlite3'
import { afterAll, describe, expect, it } from 'vitest'
import { addItems, newItems, newJob, opened } from '../test/fixtures.js'
import { testDirectory } from '../test/harnesses.js'
import { checkpointInWorker } from './checkpoint-worker.js'
import { Checkpoints } from './checkpoints.js'
import { Connection } from './connection.js'
import { Pace } from './pace.js'
import { sqliteStorage } from './sqlite-storage.js'
import { tablesOf } from './tables.js'
import { systemTimers } from './timers.js'

const directory = testDirectory()
afterAll(() => directory.remove())

const MEGABYTE = 1_048_576

interface Progress {
  readonly log: number
  readonly checkpointed: number
}

const nextTurn = () => new Promise((resolve) => setImmediate(resolve))

/** Checkpoints of a connection that a test writes to, page by page. Making one away from the event loop is asked for and fails. */
function onOwnConnection(options: { readonly aside?: undefined } = {}) {
  const handle = new Database(directory.newFile())
  handle.exec('pragma journal_mode = wal; pragma wal_autocheckpoint = 0; create table pages (content)')
  const connection = new Connection(handle, tablesOf('broadside_'))
  const asked: string[] = []
  const aside = {
    copy: () => {
      asked.push('copy')
      return Promise.reject(new Error('no threads here'))
    },
    end: async () => {
      asked.push('end')
    },
  }
  const pace = new Pace(systemTimers)
  const checkpoints = new Checkpoints({
    pace,
    connection: () => connection,
    aside: 'aside' in options ? undefined : aside,
  })
  const insert = handle.prepare('insert into pages values (?)')
  const write = handle.transaction((pages: number) => {
    for (let page = 0; page < pages; page += 1) insert.run('x'.repeat(4_000))
  })
  const left = () => {
    const [{ log, checkpointed } = { log: 0, checkpointed: -1 }] = handle.pragma('wal_checkpoint(noop)') as Progress[]
    return log - checkpointed
  }
  return { checkpoints, asked, write, left }
}

describe('checkpoints', () => {
  it('bound the write-ahead log while it is written to without a pause', async () => {
    const file = directory.newFile()
    const storage = await opened(sqliteStorage(file))
    await storage.createJob({ job: newJob() })
    for (let call = 0; call < 60; call += 1) {
      const items = newItems(500, call * 500).map((item) => ({ ...item, payload: 'x'.repeat(4_000) }))
      await addItems(storage, 'job-1', items)
    }
    expect(statSync(file).size).toBeGreaterThan(80 * MEGABYTE)
    expect(statSync(`${file}-wal`).size).toBeLessThan(48 * MEGABYTE)
    await storage.close()
  })

  it('of a long log are made away from the event loop, and here when that fails', async () => {
    const { checkpoints, asked, write, left } = onOwnConnection()
    write(2_100)
    await checkpoints.afterWrite()
    expect(asked).toEqual(['copy'])
    expect(left()).toBeGreaterThan(2_000)
    await nextTurn()
    write(1)
    await checkpoints.afterWrite()
    expect(asked).toEqual(['copy'])
    expect(left()).toBe(0)
  })

  it('of a log that has become very long are waited for', async () => {
    const { checkpoints, write, left } = onOwnConnection()
    write(8_100)
    await checkpoints.afterWrite()
    expect(left()).toBe(0)
  })

  it('of a short log wait until it is worth while', async () => {
    const { checkpoints, asked, write, left } = onOwnConnection()
    write(600)
    await checkpoints.afterWrite()
    expect([asked, left() > 600]).toEqual([[], true])
    await checkpoints.finish()
    expect([asked, left()]).toEqual([['end'], 0])
  })

  it('are made here, and sooner, where there is no thread for them', async () => {
    const { checkpoints, write, left } = onOwnConnection({ aside: undefined })
    write(100)
    await checkpoints.afterWrite()
    expect(left()).toBeGreaterThan(100)
    write(500)
    await checkpoints.afterWrite()
    expect(left()).toBe(0)
  })

  it('of a long log are made, in the end, on a thread that knows the driver, again and again', async () => {
    const file = directory.newFile()
    const handle = new Database(file)
    handle.exec('pragma journal_mode = wal; create table pages (content)')
    const aside = checkpointInWorker(file)
    for (let round = 0; round < 2; round += 1) {
      handle.prepare('insert into pages values (?)').run('x'.repeat(100_000))
      await aside.copy()
      const [{ log, checkpointed } = { log: 0, checkpointed: -1 }] = handle.pragma('wal_checkpoint(noop)') as Progress[]
      expect(log).toBeGreaterThan(20)
      expect(checkpointed).toBe(log)
    }
    await aside.end()
    await aside.end()
    handle.close()
  })

  it('reject where the file can not be opened on the thread', async () => {
    const aside = checkpointInWorker(`${directory.newFile()}/missing/file.db`)
    await expect(aside.copy()).rejects.toThrow()
    await expect(aside.copy()).rejects.toThrow()
    await aside.end()
  })

  it('leave everything in the database when the storage is closed, also while the host keeps its handle open', async () => {
    const file = directory.newFile()
    const handle = new Database(file)
    const storage = await opened(sqliteStorage(handle))
    await storage.createJob({ job: newJob() })
    await storage.close()
    const [{ log, checkpointed } = { log: 0, checkpointed: -1 }] = handle.pragma('wal_checkpoint(noop)') as Progress[]
    expect(checkpointed).toBe(log)
  })
})
