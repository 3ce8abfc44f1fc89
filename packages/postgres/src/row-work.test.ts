import type { NewItem, Settlement, Storage } from '@broadside/core'
import { afterAll, describe, expect, it } from 'vitest'
import { TestDatabase } from '../test/database.js'
import { claimRange, newItems, runningJob, START } from '../test/jobs.js'

const database = await TestDatabase.start()
afterAll(() => database.stop())

const SIZE = 20_000

const sent = (seq: number): Settlement => ({
  seq,
  to: 'enqueued',
  attempts: 1,
  channel: 'email',
  receipt: `receipt-${seq}`,
})
/** Every hundredth is to be tried again, every other hundredth has failed. */
const mixed = (seq: number): Settlement => {
  if (seq % 100 === 0) return { seq, to: 'pending', attempts: 1, nextAttemptAt: START + seq, code: 'BUSY' }
  return seq % 100 === 50 ? { seq, to: 'error', attempts: 1, code: 'REJECTED' } : sent(seq)
}

/** What Postgres has counted of the items of a schema. */
interface Work {
  /** Rows seen by going through the whole table. */
  readonly scanned: number
  /** Rows found by an index, whether or not they were wanted. */
  readonly fetched: number
  readonly inserted: number
  readonly updated: number
  /** Updates that touched no index. */
  readonly hot: number
  readonly deleted: number
}

interface Measured {
  readonly work: (storage: Storage, jobId: string) => Promise<void>
  /** Whether the last of it has been counted. */
  readonly isWhole: (work: Work) => boolean
}

/** Opens a storage whose planner knows of a small job only, does `work` with it and a large one, and returns what that took. */
async function measure({ work, isWhole }: Measured): Promise<Work> {
  const schema = database.newSchema()
  const storage = await database.open({ schema, poolSize: 1 })
  await runningJob(storage, 100, 'small')
  await database.pool.query(`alter table "${schema}".items set (autovacuum_enabled = false); analyze "${schema}".items`)
  await work(storage, await runningJob(storage, SIZE))
  // A connection says what it has done at the latest when it is closed, and it is put together a little later.
  await storage.close()
  for (;;) {
    const counted = await workOn(schema)
    if (counted && isWhole(counted)) return counted
  }
}

async function workOn(schema: string): Promise<Work | undefined> {
  const { rows } = await database.pool.query<Work>(
    `select seq_tup_read::float8 as scanned, idx_tup_fetch::float8 as fetched, n_tup_ins::float8 as inserted, n_tup_upd::float8 as updated,
      n_tup_hot_upd::float8 as hot, n_tup_del::float8 as deleted
    from pg_stat_user_tables where schemaname = $1 and relname = 'items'`,
    [schema],
  )
  return rows[0]
}

async function drain(storage: Storage, jobId: string, outcome: (seq: number) => Settlement): Promise<void> {
  for (let round = 0; ; round += 1) {
    const token = `token-${round}`
    const claimed = await claimRange(storage, { jobId, token })
    if (!claimed) return
    const settlements = claimed.items.map(({ seq }) => outcome(seq))
    await storage.settle({ jobId, token, now: START, settlements })
    await storage.listClaimable({ now: START, channels: ['email'], limit: 10 })
  }
}

describe('the work that the database has with the items of a large job, whatever its planner knows', () => {
  it('is to find each twice and to write it once, touching no index with that', async () => {
    const work = await measure({
      work: (storage, jobId) => drain(storage, jobId, sent),
      isWhole: ({ updated }) => updated >= SIZE,
    })
    expect(work).toMatchObject({ updated: SIZE, hot: SIZE, scanned: 0 })
    expect(work.fetched).toBeLessThan(2 * SIZE + 1_000)
  })

  it('is to look for the texts of new items alone, and for the end of each wave', async () => {
    const known = (from: number, count: number) =>
      newItems(count, from).map((item, at) => ({ ...item, wave: at % 3, also: [`address:${item.identity}`] }))
    const few = SIZE / 100
    const work = await measure({
      isWhole: ({ inserted }) => inserted >= SIZE + 2 * few,
      work: async (storage, jobId) => {
        const add = (items: readonly NewItem[]) =>
          storage.addItems({ jobId, items, into: ['processing'], duplicateCode: 'D' })
        expect(await add(newItems(few))).toMatchObject({ added: 0 })
        expect(await add(known(SIZE, few))).toMatchObject({ added: few })
        expect(await add(known(SIZE + few / 2, few))).toMatchObject({ added: few / 2 })
        const waves = [{ wave: 2, dueAt: START + 1 }]
        await storage.addItems({
          jobId,
          items: newItems(few / 2, 2 * SIZE),
          waves,
          into: ['processing'],
          duplicateCode: 'D',
        })
      },
    })
    expect(work.scanned).toBe(0)
    expect(work.fetched).toBeLessThan(4 * few)
  })

  it('follows the items of a call, however few of the job they are', async () => {
    const few = SIZE / 100
    const work = await measure({
      isWhole: ({ deleted }) => deleted >= 2 * few,
      work: async (storage, jobId) => {
        await drain(storage, jobId, mixed)
        const now = START + SIZE
        const retries = { jobId, source: 'retries', now, leaseUntil: now } as const
        await claimRange(storage, { ...retries, token: 'given back' })
        await storage.giveBack({ jobId, token: 'given back', now })
        const claimed = await claimRange(storage, { ...retries, token: 'settled', limit: few / 2 })
        const settlements = (claimed?.items ?? []).map(({ seq }) => sent(seq))
        await storage.settle({ jobId, token: 'settled', now, settlements })
        await claimRange(storage, { ...retries, token: 'reaped', start: few })
        await storage.reap({ now, expiredAt: now, limit: 10, decide: ({ seq }) => sent(seq) })
        await storage.reviseItems({ jobId, from: 'completed', statuses: ['error'], to: 'enqueued', now })
        const { items } = await storage.listItems({ jobId, limit: few, after: SIZE / 2 })
        await storage.reviseItems({
          jobId,
          from: 'completed',
          seqs: items.map(({ seq }) => seq),
          statuses: ['enqueued'],
          to: 'error',
          now,
        })
        await storage.deleteJob({ jobId, now })
        await storage.sweep({ now, limit: few })
        await storage.sweep({ now, limit: few })
      },
    })
    expect(work.scanned).toBe(0)
    expect(work.fetched).toBeLessThan(2 * SIZE + 20 * few)
  })
})
