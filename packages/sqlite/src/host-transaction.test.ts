import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Broadside, createBroadside } from '@broadside/core'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sqliteStorage } from './sqlite-storage.js'

const MESSAGE = { message: { content: { subject: 'Your order', text: 'It is on its way.' } } }
const USERS = [
  { to: { email: 'a@example.com' } },
  { to: { email: 'A@example.com' } },
  { to: { email: 'b@example.com' } },
]

let folder: string
let db: Database.Database
let broadside: Broadside
let sent: string[]
let told: string[]

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'broadside-host-'))
  db = new Database(join(folder, 'app.db'))
  db.exec('create table orders (id integer primary key, job text)')
  sent = []
  told = []
  const provider = {
    channel: 'email',
    name: 'test',
    send: async ({ address }: { address: string }) => {
      sent.push(address)
      return { type: 'sent' } as const
    },
  }
  broadside = await createBroadside({ storage: sqliteStorage(db), providers: [provider] })
  for (const name of ['job:created', 'job:running', 'job:completed'] as const) broadside.on(name, () => told.push(name))
})

afterEach(async () => {
  await broadside.close()
  db.close()
  rmSync(folder, { recursive: true })
})

/** The host's own business and the job, together or not at all. */
function order(fail: boolean): string {
  const jobs = broadside.withinSync(db)
  const jobId = jobs.createJob(MESSAGE)
  const { total, errors } = jobs.ingest(jobId, USERS)
  expect(total).toBe(2)
  expect(errors).toMatchObject([{ code: 'DUPLICATE_USER', index: 1 }])
  jobs.run(jobId)
  db.prepare('insert into orders (job) values (?)').run(jobId)
  if (fail) throw new Error('out of stock')
  return jobId
}

describe("a job in the host's own transaction", () => {
  it('comes about when it commits, and is sent then', async () => {
    const completed = new Promise((resolve) => broadside.on('job:completed', resolve))
    const jobId = db.transaction(order)(false)
    expect(sent).toEqual([])
    const job = await broadside.jobs.get(jobId)
    expect(await job.finished()).toMatchObject({ status: 'completed', counters: { received: 2, enqueued: 2 } })
    expect(sent.sort()).toEqual(['a@example.com', 'b@example.com'])
    expect(db.prepare('select job from orders').all()).toEqual([{ job: jobId }])
    // Whoever asks may read that it is done a moment before the engine hears that it was.
    await completed
    expect(told).toEqual(['job:created', 'job:running', 'job:completed'])
  })

  it('is not there when it rolls back', async () => {
    expect(() => db.transaction(order)(true)).toThrow('out of stock')
    const later = await broadside.jobs.create(MESSAGE)
    await later.ingest([{ to: { email: 'c@example.com' } }])
    await later.run()
    await later.finished()
    expect((await broadside.jobs.list()).jobs.map((job) => job.id)).toEqual([later.id])
    expect(sent).toEqual(['c@example.com'])
    expect(db.prepare('select count(*) as n from orders').get()).toEqual({ n: 0 })
  })

  it('leaves nothing behind when one of its calls is refused and the host gives up', async () => {
    const attempt = db.transaction(() => {
      const jobs = broadside.withinSync(db)
      const jobId = jobs.createJob({ message: { content: { text: 'x' }, channels: ['pigeon'] } })
      jobs.run(jobId)
    })
    expect(attempt).toThrow(expect.objectContaining({ code: 'CHANNEL_NOT_AVAILABLE' }))
    expect((await broadside.jobs.list()).jobs).toEqual([])
  })

  it('needs a transaction, on this database', async () => {
    expect(() => broadside.withinSync(db).createJob(MESSAGE)).toThrow(/transaction/)
    const other = new Database(':memory:')
    expect(() => other.transaction(() => broadside.withinSync(other).createJob(MESSAGE))()).toThrow(
      expect.objectContaining({ name: 'BroadsideError' }),
    )
    other.close()
    expect(() => broadside.within(db)).toThrow(expect.objectContaining({ code: 'NOT_SUPPORTED' }))
  })
})
