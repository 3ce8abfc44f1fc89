import { symlinkSync } from 'node:fs'
import type { Storage } from '@broadside/core'
import Database from 'better-sqlite3'
import { afterAll, describe, expect, it } from 'vitest'
import { failureOf, newJob, opened } from '../test/fixtures.js'
import { testDirectory } from '../test/harnesses.js'
import { sqliteStorage } from './sqlite-storage.js'

const directory = testDirectory()
afterAll(() => directory.remove())

async function refusal(storage: Storage) {
  const { code, message } = await failureOf(storage.open())
  await storage.close()
  return { code, message }
}

describe('the lock on a file', () => {
  it('keeps a second storage out, in the same process too, and says what to do', async () => {
    const file = directory.newFile()
    const first = await opened(sqliteStorage(file))
    const { code, message } = await refusal(sqliteStorage(file))
    expect(code).toBe('STORAGE_LOCKED')
    expect(message).toContain(file)
    expect(message).toContain('shared: true')
    await first.close()
  })

  it('lets go with the storage', async () => {
    const file = directory.newFile()
    for (let round = 0; round < 3; round += 1) {
      const storage = await opened(sqliteStorage(file))
      await storage.close()
    }
    const storage = await opened(sqliteStorage(file))
    expect(await storage.getJob('nobody')).toBeUndefined()
    await storage.close()
  })

  it('is one for a path and for a handle', async () => {
    const file = directory.newFile()
    const handle = new Database(file)
    const first = await opened(sqliteStorage(handle))
    expect((await refusal(sqliteStorage(file))).code).toBe('STORAGE_LOCKED')
    await first.close()
    expect(handle.open).toBe(true)
    const second = await opened(sqliteStorage(file))
    expect((await refusal(sqliteStorage(handle))).code).toBe('STORAGE_LOCKED')
    await second.close()
  })

  it('is one for all names of a file', async () => {
    const file = directory.newFile()
    const first = await opened(sqliteStorage(file))
    const link = directory.newFile()
    symlinkSync(file, link)
    expect((await refusal(sqliteStorage(link))).code).toBe('STORAGE_LOCKED')
    await first.close()
  })

  it('lets in any number that share', async () => {
    const file = directory.newFile()
    const storages = await Promise.all([1, 2, 3, 4].map(() => opened(sqliteStorage(file, { shared: true }))))
    const [first, second] = storages
    await first?.createJob({ job: newJob() })
    expect((await second?.getJob('job-1'))?.status).toBe('created')
    await Promise.all(storages.map((storage) => storage.close()))
  })

  it('keeps apart those that share and those that do not', async () => {
    const file = directory.newFile()
    const sharing = await opened(sqliteStorage(file, { shared: true }))
    expect((await refusal(sqliteStorage(file))).code).toBe('STORAGE_LOCKED')
    await sharing.close()
    const alone = await opened(sqliteStorage(file))
    const { code, message } = await refusal(sqliteStorage(file, { shared: true }))
    expect([code, message.includes('does not share')]).toEqual(['STORAGE_LOCKED', true])
    await alone.close()
  })

  it('is not taken by a storage that could not be opened', async () => {
    const file = directory.newFile()
    const broken = new Database(file)
    broken.exec('create table broadside_schema (version integer); insert into broadside_schema values (1000)')
    expect((await refusal(sqliteStorage(file))).code).toBe('STORAGE_SCHEMA_NEWER')
    broken.exec('drop table broadside_schema')
    const storage = await opened(sqliteStorage(file))
    await storage.close()
  })
})

describe('a handle in memory', () => {
  it('has one storage at a time', async () => {
    const handle = new Database(':memory:')
    const first = await opened(sqliteStorage(handle))
    expect((await refusal(sqliteStorage(handle))).code).toBe('STORAGE_LOCKED')
    await first.close()
    const second = await opened(sqliteStorage(handle))
    await second.close()
    expect(handle.open).toBe(true)
  })

  it('can not be shared', () => {
    expect(() => sqliteStorage(':memory:', { shared: true })).toThrow(/in memory/)
    expect(() => sqliteStorage(new Database(':memory:'), { shared: true })).toThrow(/in memory/)
  })
})
