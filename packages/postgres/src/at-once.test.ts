import { type Storage, seqInWave } from '@broadside/core'
import type pg from 'pg'
import { afterAll, describe, expect, it } from 'vitest'
import { TestDatabase } from '../test/database.js'
import { claimRange, newItems, newJob, runningJob, START } from '../test/jobs.js'
import type { PostgresPoolClient, PostgresQuery } from './driver.js'
import { type PostgresPool, postgresStorage } from './index.js'

const database = await TestDatabase.start()
afterAll(() => database.stop())

type Send = (client: pg.PoolClient, query: PostgresQuery) => Promise<unknown>

/** A storage on a pool of one, and what passes between the two. */
async function watched(send: Send = (client, query) => client.query(query)) {
  const sent: string[] = []
  const pool = database.newPool(1)
  const wrapped = new WeakMap<pg.PoolClient, PostgresPoolClient>()
  const wrap = (client: pg.PoolClient) => {
    const query = (one: PostgresQuery) => {
      // Others are told of changes at a time of its own.
      if (!one.text.includes('pg_notify')) sent.push(one.text)
      return send(client, one)
    }
    const get = (target: pg.PoolClient, name: string | symbol) => {
      const member: unknown = name === 'query' ? query : Reflect.get(target, name)
      return typeof member === 'function' ? member.bind(target) : member
    }
    const proxy = wrapped.get(client) ?? (new Proxy(client, { get }) as unknown as PostgresPoolClient)
    wrapped.set(client, proxy)
    return proxy
  }
  const connect: PostgresPool['connect'] = (callback) =>
    pool.connect((error, client) => callback(error, client && wrap(client)))
  const storage = postgresStorage({ connect, totalCount: 0, options: { max: 1 } }, { schema: database.newSchema() })
  await storage.open()
  return { storage, sent, pool }
}

const MESSAGE = /; execute .*; commit$/s

function settleAs(storage: Storage, seqs: readonly number[], more: object = {}) {
  const settlements = seqs.map((seq) => ({ seq, to: 'enqueued', attempts: 1, channel: 'email', ...more }) as const)
  return storage.settle({ jobId: 'job-1', token: 'a', now: START, settlements })
}

describe('a usual claim or settle', () => {
  it('is one message, whatever the outcomes are', async () => {
    const { storage, sent } = await watched()
    const jobId = await runningJob(storage, 9)
    sent.length = 0
    const claimed = await claimRange(storage, { jobId, token: 'a', limit: 6, start: 2 })
    expect(claimed).toMatchObject({ startedThrough: 1, control: { status: 'processing', pending: 9 } })
    expect(claimed?.items.map(({ seq, attempts }) => [seq, attempts])).toEqual(
      [0, 1, 2, 3, 4, 5].map((seq) => [seq, 0]),
    )
    const first = await settleAs(storage, [0, 1])
    expect(first).toMatchObject({ answers: ['applied', 'applied'], held: true, control: { pending: 7 } })
    await settleAs(storage, [4, 2], { receipt: "it's" })
    const mixed = [
      { seq: 3, to: 'error', attempts: 1, code: 'BAD', reason: 'no' },
      { seq: 5, to: 'pending', attempts: 1, nextAttemptAt: START + 5, code: 'LATER', trail: '{}' },
    ] as const
    expect(await storage.settle({ jobId, token: 'a', now: START, settlements: mixed })).toMatchObject({ held: false })
    expect(sent).toEqual(Array(4).fill(expect.stringMatching(MESSAGE)))
    const job = await storage.getJob(jobId)
    expect(job).toMatchObject({ inFlight: 0, counters: { received: 9, pending: 4, enqueued: 4, error: 1 } })
    expect(await storage.countCodes(jobId)).toEqual({ BAD: 1, LATER: 1 })
    const { items } = await storage.listItems({ jobId, limit: 6 })
    const shown = items.map(({ status, receipt, code, trail }) => [status, receipt, code, trail])
    expect(shown).toEqual([
      ['enqueued', undefined, undefined, undefined],
      ['enqueued', undefined, undefined, undefined],
      ['enqueued', "it's", undefined, undefined],
      ['error', undefined, 'BAD', undefined],
      ['enqueued', "it's", undefined, undefined],
      ['pending', undefined, 'LATER', '{}'],
    ])
    await storage.close()
  })

  it('is one message of any wave, and takes nothing of another', async () => {
    const { storage, sent } = await watched()
    const jobId = await runningJob(storage, 3)
    const items = newItems(4, 10).map((item, at) => ({ ...item, wave: at < 3 ? 7 : 8 }))
    const waves = [{ wave: 7, dueAt: START }]
    await storage.addItems({ jobId, items, into: ['processing'], waves, duplicateCode: 'D' })
    sent.length = 0
    const claimed = await claimRange(storage, { jobId, token: 'a', wave: 7, limit: 2, start: 1 })
    const [first, second] = [seqInWave(7, 0), seqInWave(7, 1)]
    expect(claimed).toMatchObject({ startedThrough: first, control: { pending: 7 } })
    expect(claimed?.items.map(({ seq, recipient }) => [seq, recipient])).toEqual([
      [first, '10'],
      [second, '11'],
    ])
    expect((await settleAs(storage, [first, second])).answers).toEqual(['applied', 'applied'])
    expect((await claimRange(storage, { jobId, token: 'b', wave: 7 }))?.items).toHaveLength(1)
    const { ready } = await storage.listClaimable({ now: START, channels: ['email'], limit: 9 })
    expect(ready.map(({ wave }) => wave)).toEqual([0, 8])
    expect(sent).toEqual(Array(4).fill(expect.stringMatching(MESSAGE)))
    await storage.close()
  })

  it('is undone where an item was settled before, and judged item by item', async () => {
    const { storage, sent } = await watched()
    const jobId = await runningJob(storage, 9)
    await claimRange(storage, { jobId, token: 'a', limit: 6 })
    await settleAs(storage, [1])
    sent.length = 0
    expect((await settleAs(storage, [0, 1, 2])).answers).toEqual(['applied', 'already', 'applied'])
    expect((await settleAs(storage, [3, 8])).answers).toEqual(['applied', 'stale'])
    expect(sent.filter((text) => text === 'rollback')).toHaveLength(1)
    expect(await storage.getJob(jobId)).toMatchObject({ inFlight: 2, counters: { pending: 5, enqueued: 4 } })
    await storage.close()
  })

  it('finds among many jobs and leases what it needs by its key', async () => {
    const { storage, pool } = await watched()
    for (let at = 0; at < 60; at += 1) await runningJob(storage, 2, `other-${at}`)
    for (let at = 0; at < 60; at += 1) await claimRange(storage, { jobId: `other-${at}`, token: 'a', limit: 1 })
    const jobId = await runningJob(storage, 9)
    const read = async () => {
      await pool.query('select pg_stat_force_next_flush()')
      const { rows } = await pool.query(
        "select sum(idx_tup_read)::float8 as read from pg_stat_user_indexes where relname in ('jobs', 'leases', 'ranges')",
      )
      return rows[0].read
    }
    const before = await read()
    await claimRange(storage, { jobId, token: 'a', limit: 6 })
    await settleAs(storage, [0, 1, 2])
    await settleAs(storage, [3, 4], { receipt: 'r' })
    expect((await read()) - before).toBeLessThan(60)
    await storage.close()
  })
})

describe('what a connection has prepared', () => {
  it('may be gone, as behind a pooler: then statements are planned each time', async () => {
    const { storage, sent, pool } = await watched()
    const jobId = await runningJob(storage, 9)
    await claimRange(storage, { jobId, token: 'a', limit: 3 })
    await pool.query('deallocate all')
    sent.length = 0
    expect((await settleAs(storage, [0, 1])).answers).toEqual(['applied', 'applied'])
    expect(sent.length).toBeGreaterThan(1)
    sent.length = 0
    expect((await settleAs(storage, [2], { receipt: '$1 \\' })).answers).toEqual(['applied'])
    expect((await claimRange(storage, { jobId, token: 'b', limit: 3 }))?.items).toHaveLength(3)
    expect((await storage.listClaimable({ now: START, channels: ['email'], limit: 5 })).ready).toHaveLength(1)
    expect(sent).toHaveLength(3)
    expect(sent.join()).not.toContain('execute')
    expect((await storage.listItems({ jobId, limit: 3 })).items[2]).toMatchObject({ receipt: '$1 \\' })
    await storage.close()
  })
})

describe('a message whose answer is lost', () => {
  /** Loses the answer of the next message, after it has come about. */
  function losing() {
    const loss = { isNext: false }
    const send: Send = async (client, query) => {
      const result = await client.query(query)
      if (!loss.isNext || !MESSAGE.test(query.text)) return result
      loss.isNext = false
      throw new Error('Connection terminated unexpectedly')
    }
    return { loss, send }
  }

  it('hands out what it has claimed, when it was a claim', async () => {
    const { loss, send } = losing()
    const { storage } = await watched(send)
    const jobId = await runningJob(storage, 9)
    loss.isNext = true
    const claimed = await claimRange(storage, { jobId, token: 'a', limit: 4, start: 2 })
    expect(claimed).toMatchObject({ token: 'a', startedThrough: 1 })
    expect(claimed?.items.map(({ seq, recipient }) => [seq, recipient])).toEqual(
      [0, 1, 2, 3].map((n) => [n, String(n)]),
    )
    expect((await storage.getJob(jobId))?.inFlight).toBe(4)
    await storage.close()
  })

  it('rejects when it was a settle; a repeat is told that it had come about', async () => {
    const { loss, send } = losing()
    const { storage } = await watched(send)
    const jobId = await runningJob(storage, 9)
    await claimRange(storage, { jobId, token: 'a', limit: 4 })
    loss.isNext = true
    await expect(settleAs(storage, [0, 1])).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
    expect((await settleAs(storage, [0, 1])).answers).toEqual(['already', 'already'])
    expect(await storage.getJob(jobId)).toMatchObject({ inFlight: 2, counters: { enqueued: 2 } })
    await storage.close()
  })

  it('is made again when it never arrived', async () => {
    let isDead = false
    const { storage } = await watched(async (client, query) => {
      if (!isDead || !MESSAGE.test(query.text)) return client.query(query)
      isDead = false
      throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })
    })
    const jobId = await runningJob(storage, 9)
    isDead = true
    expect((await claimRange(storage, { jobId, token: 'a', limit: 4 }))?.items).toHaveLength(4)
    isDead = true
    expect((await settleAs(storage, [0, 1])).answers).toEqual(['applied', 'applied'])
    await storage.close()
  })
})

describe('an ingest', () => {
  it('keeps texts that hold what stands between them on their way', async () => {
    const { storage } = await watched()
    await storage.createJob({ job: newJob() })
    const items = newItems(2).map((item, at) => ({
      ...item,
      identity: `${at}\x1f`,
      recipient: '',
      payload: '"\x1f\\\'"',
    }))
    const add = () => storage.addItems({ jobId: 'job-1', items, duplicateCode: 'D' })
    expect(await add()).toEqual({ added: 2, duplicates: [] })
    expect(await add()).toEqual({ added: 0, duplicates: [0, 1] })
    const [one] = newItems(1).map((item) => ({ ...item, identity: '' }))
    expect((await storage.addItems({ jobId: 'job-1', items: one ? [one] : [], duplicateCode: 'D' })).added).toBe(1)
    const read = (await storage.listItems({ jobId: 'job-1', limit: 5 })).items
    expect(read.map(({ recipient, payload }) => [recipient, payload])).toEqual([
      ['', '"\x1f\\\'"'],
      ['', '"\x1f\\\'"'],
      ['0', '{"recipient":"0"}'],
    ])
    await storage.close()
  })
})
