import pg from 'pg'
import { afterAll, describe, expect, it } from 'vitest'
import { TestDatabase } from '../test/database.js'
import { claimRange, newJob, runningJob, START } from '../test/jobs.js'
import { postgresStorage } from './index.js'
import { settingsOf } from './options.js'
import { PoolSource } from './pool-source.js'
import type { Session } from './session.js'
import { Transactions } from './transactions.js'

const database = await TestDatabase.start()
afterAll(() => database.stop())

/** A storage on a pool whose sessions have these settings. */
async function openWith(...settings: readonly string[]) {
  const options = settings.map((setting) => `-c ${setting}`).join(' ')
  const pool = new pg.Pool({ connectionString: database.url, max: 3, options })
  const storage = postgresStorage(pool, { schema: database.newSchema(), listen: false })
  await storage.open()
  const close = async () => {
    await storage.close()
    await pool.end()
  }
  return { pool, storage, close }
}

/** Whether the server can watch what is unread on this connection. */
const WATCHES = "version() like '%linux%' and inet_server_addr() is not null"

const mark = { key: 'k', token: 'a', now: START, leaseUntil: START + 1_000 }

describe('sessions of the host’s', () => {
  it('may be read-only unless told otherwise', async () => {
    const { storage, close } = await openWith('default_transaction_read_only=on')
    await storage.createJob({ job: newJob() })
    expect(await storage.acquireMark(mark)).toBe(true)
    expect(await storage.acquireMark({ ...mark, token: 'b' })).toBe(false)
    await storage.releaseMark(mark)
    expect(await storage.acquireMark({ ...mark, token: 'b' })).toBe(true)
    await close()
  })

  it('may write fewer digits of numbers than those have', async () => {
    const { storage, close } = await openWith('extra_float_digits=-10')
    const at = START + 0.1234
    await storage.createJob({ job: { ...newJob(), createdAt: at } })
    await storage.transitionJob({ jobId: 'job-1', from: 'created', to: 'paused', now: at, set: { startedAt: at } })
    await storage.closeJob({ jobId: 'job-1', from: 'paused', to: 'cancelled', closedAs: 'cancelled', now: at })
    const instants = { createdAt: at, startedAt: at, finishedAt: at }
    expect(await storage.getJob('job-1')).toMatchObject(instants)
    expect((await storage.listJobs({ limit: 1 }))[0]).toMatchObject(instants)
    const jobId = await runningJob(storage, 1, 'job-2')
    await claimRange(storage, { jobId, token: 'a', leaseUntil: at + 7 })
    expect((await storage.listClaimable({ now: at, channels: ['email'], limit: 1 })).nextAt).toBe(at + 7)
    await storage.settle({
      jobId,
      token: 'a',
      now: START,
      settlements: [{ seq: 0, to: 'pending', attempts: 1, nextAttemptAt: at + 5 }],
    })
    expect((await storage.listItems({ jobId, limit: 1 })).items[0]?.nextAttemptAt).toBe(at + 5)
    expect((await storage.clock?.()) ?? 0).toBeGreaterThan(START)
    await close()
  })

  it('may take the nulls of a list for texts', async () => {
    const { storage, close } = await openWith('array_nulls=off')
    const jobId = await runningJob(storage, 2)
    await claimRange(storage, { jobId, token: 'a' })
    const settlements = [
      { seq: 0, to: 'enqueued', attempts: 1, receipt: 'r' },
      { seq: 1, to: 'enqueued', attempts: 1 },
    ] as const
    await storage.settle({ jobId, token: 'a', now: START, settlements })
    expect((await storage.listItems({ jobId, limit: 5 })).items.map(({ receipt }) => receipt)).toEqual(['r', undefined])
    await close()
  })

  it('may not hand out values as bytes', async () => {
    // The types of pg do not know of it.
    const settings = { connectionString: database.url, binary: true }
    const pool = new pg.Pool(settings)
    const client = new pg.Client(settings)
    for (const source of [pool, client]) {
      const storage = postgresStorage(source, { schema: database.newSchema(), listen: false })
      await expect(storage.open()).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        message: expect.stringMatching(/binary/),
      })
    }
    await pool.end()
  })

  it('do not decide how we find what we work on, nor how long others wait for us', async () => {
    const source = new PoolSource(database.newPool(1))
    await source.open()
    const transactions = new Transactions({ source, ...settingsOf({}) })
    const names = ['enable_seqscan', 'enable_bitmapscan', 'enable_nestloop', 'tcp_user_timeout']
    const shown = async (session: Session) =>
      session.row(() => `select ${names.map((name) => `current_setting('${name}')`).join(', ')}, ${WATCHES}`)
    const [watches] = (await transactions.single(shown))?.slice(-1) ?? []
    const unread = watches === 't' ? '10000' : '0'
    expect((await transactions.write(shown))?.slice(0, -1)).toEqual(['off', 'off', 'off', unread])
    expect((await transactions.snapshot(shown))?.slice(0, -1)).toEqual(['off', 'off', 'on', unread])
    expect((await transactions.single(shown))?.slice(0, -1)).toEqual(['on', 'on', 'on', '0'])
  })
})
