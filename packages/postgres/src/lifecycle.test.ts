import { connect, createServer, type Server } from 'node:net'
import { afterAll, describe, expect, it } from 'vitest'
import { TestDatabase } from '../test/database.js'
import { newJob } from '../test/jobs.js'
import { postgresStorage } from './index.js'
import { loadPg } from './load-pg.js'

const database = await TestDatabase.start()
afterAll(() => database.stop())

/** A storage on a pool of its own, whose sessions can be told from others. */
function newStorage(server = database.url, settings: Readonly<Record<string, string>> = {}) {
  const name = database.newSchema()
  const url = new URL(server)
  for (const [key, value] of Object.entries({ application_name: name, ...settings })) url.searchParams.set(key, value)
  return { name, storage: postgresStorage(url.href, { schema: name }) }
}

/** Resolves when the server has no session of that name any more. */
async function untilGone(name: string): Promise<void> {
  const isThere = async () =>
    (await database.pool.query('select from pg_stat_activity where application_name = $1', [name])).rowCount !== 0
  while (await isThere());
}

/** Stands before the database, and falls silent when it is told to. */
async function mutableServer() {
  let isSilent = false
  const { hostname, port } = new URL(database.url)
  const server = createServer((near) => {
    if (isSilent) near.destroy()
    const far = connect(Number(port), hostname)
    for (const [from, to] of [[near, far] as const, [far, near] as const]) {
      from.on('data', (data) => isSilent || to.write(data))
      from.on('error', () => to.destroy())
      from.on('close', () => to.destroy())
    }
  })
  const url = new URL(database.url)
  url.port = String(await listening(server))
  const silence = () => {
    isSilent = true
  }
  return { url: url.href, silence, stop: () => server.close() }
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, 'localhost', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : 0)
    })
  })
}

describe('a storage', () => {
  it('that is closed while it opens is closed, and leaves no connection', async () => {
    const { storage, name } = newStorage()
    const opened = storage.open()
    await Promise.all([opened, storage.close()])
    await expect(storage.createJob({ job: newJob() })).rejects.toMatchObject({ code: 'STORAGE_CLOSED' })
    await untilGone(name)
  })

  it('that is opened twice is open once', async () => {
    const { storage, name } = newStorage()
    await Promise.all([storage.open(), storage.open()])
    await storage.open()
    expect(await storage.listJobs({ limit: 1 })).toEqual([])
    await storage.close()
    await untilGone(name)
  })

  it('that has been closed accepts nothing, and takes no connection for those who want to be woken', async () => {
    const { storage, name } = newStorage()
    await storage.open()
    await storage.close()
    await expect(storage.open()).rejects.toMatchObject({ code: 'STORAGE_CLOSED' })
    storage.onWake?.(() => {})
    await untilGone(name)
    await storage.close()
  })

  it('that could not be opened can be tried again', async () => {
    const { storage, name } = newStorage()
    await database.pool.query(`create schema "${name}"; create table "${name}".schema_version (odd int)`)
    await expect(storage.open()).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
    await database.pool.query(`drop schema "${name}" cascade`)
    await storage.open()
    expect(await storage.listJobs({ limit: 1 })).toEqual([])
    await storage.close()
  })
})

describe('a pool of our own', () => {
  it('waits a minute for an answer, and asks idle connections whether they are there', async () => {
    const pool = (await loadPg({ connectionString: database.url, poolSize: 1 })).newPool()
    expect(pool.options).toMatchObject({
      query_timeout: 60_000,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      connectionTimeoutMillis: 30_000,
    })
    await pool.end()
  })

  it('is not kept by a server that has fallen silent: calls fail, and it closes', async () => {
    const server = await mutableServer()
    const { storage } = newStorage(server.url, { query_timeout: '200' })
    await storage.open()
    await storage.createJob({ job: newJob() })
    server.silence()
    const calls = Promise.allSettled([storage.getJob('job-1'), storage.createJob({ job: newJob('job-2') })])
    await storage.close()
    const failed = { status: 'rejected', reason: { code: 'STORAGE_FAILED' } }
    expect(await calls).toMatchObject([failed, failed])
    server.stop()
  })
})
