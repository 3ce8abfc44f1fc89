import type { SendingRecord, Storage } from '@broadside/core'
import type pg from 'pg'
import { afterAll, describe, expect, it } from 'vitest'
import { TestDatabase } from '../test/database.js'
import { claimRange, START } from '../test/jobs.js'
import { change, createSending, sendingsOf, sendingWithJob } from '../test/sendings.js'
import { postgresStorage } from './index.js'

const database = await TestDatabase.start()
afterAll(() => database.stop())

const PAUSE = { type: 'transition', from: 'processing', to: 'paused' } as const
const ROUNDS = 20

/** A pool that notes the codes of the errors that its connections were answered. */
function notingPool(codes: string[]): pg.Pool {
  const pool = database.newPool(4)
  pool.on('connect', (client) => {
    const query = client.query.bind(client) as (statement: unknown) => Promise<unknown>
    const noting = (statement: unknown) =>
      query(statement).catch((error: { readonly code: string }) => {
        codes.push(error.code)
        throw error
      })
    Object.assign(client, { query: noting })
  })
  return pool
}

/** Two engines over one schema. */
async function twoEngines() {
  const codes: string[] = []
  const schema = database.newSchema()
  const engines = [0, 1].map(() => postgresStorage(notingPool(codes), { schema, listen: false }))
  const [one, other] = engines
  if (!one || !other) throw new Error('there are two')
  for (const engine of engines) await engine.open()
  const close = () => Promise.all(engines.map((engine) => engine.close()))
  return { one, other, schema, codes, close }
}

/** Settles the one item of the sending's job. */
async function settleLast(storage: Storage, { jobId = '' }: SendingRecord): Promise<boolean> {
  const settlements = [{ seq: 0, to: 'enqueued', attempts: 1, channel: 'email' }] as const
  return (await storage.settle({ jobId, token: 'a', now: START + 1, settlements })).completed
}

async function standingOf(storage: Storage, { id, jobId = '' }: SendingRecord) {
  return [(await sendingsOf(storage).getSending(id))?.status, (await storage.getJob(jobId))?.status]
}

describe('a change of a sending that touches its job', () => {
  it('waits for the job before it takes the sending, which who completes the job takes last', async () => {
    const { one, schema, close } = await twoEngines()
    const sending = await sendingWithJob(one, { name: 'a', status: 'transmitting' })
    const client = await database.newClient()
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
    const paused = { to: { status: 'paused', pausedFrom: 'transmitting' }, job: PAUSE } as const
    const deleted = () => sendingsOf(one).deleteSending({ sendingId: sending.id, version: sending.version, now: START })
    const applied: boolean[] = []
    for (const call of [deleted, () => change(one, sending, { to: {} }), () => change(one, sending, paused)]) {
      await client.query(`begin; select from "${schema}".jobs for update`)
      const changed = call()
      await untilOneWaitsFor(rows[0]?.pid)
      await client.query(`select from "${schema}".sendings for update nowait`)
      await client.query('rollback')
      applied.push((await changed).applied)
    }
    // The job is not terminal; then the version is another.
    expect(applied).toEqual([false, true, false])
    await close()
  })

  it('and the settle that completes that job have the effect of some order, and no deadlock', async () => {
    const { one, other, codes, close } = await twoEngines()
    for (let round = 0; round < ROUNDS; round += 1) {
      const sending = await sendingWithJob(one, { name: `${round}`, status: 'transmitting' })
      await claimRange(one, { jobId: `job-${round}`, token: 'a' })
      const [completed, { applied }] = await Promise.all([
        settleLast(one, sending),
        change(other, sending, { to: { status: 'paused', pausedFrom: 'transmitting' }, job: PAUSE }),
      ])
      expect(applied).toBe(!completed)
      expect(await standingOf(one, sending)).toEqual(applied ? ['paused', 'paused'] : ['transmitted', 'completed'])
    }
    expect(codes).toEqual([])
    await close()
  })
})

describe('a sending that is to be transmitting while its job completes', () => {
  it('is transmitted, whichever comes first', async () => {
    const { one, other, codes, close } = await twoEngines()
    for (let round = 0; round < ROUNDS; round += 1) {
      const sending = await sendingWithJob(one, { name: `${round}`, status: 'prepared' })
      await claimRange(one, { jobId: `job-${round}`, token: 'a' })
      const [completed, { applied }] = await Promise.all([
        settleLast(one, sending),
        change(other, sending, { to: { status: 'transmitting' } }),
      ])
      expect([completed, applied]).toEqual([true, true])
      expect(await standingOf(one, sending)).toEqual(['transmitted', 'completed'])
    }
    expect(codes).toEqual([])
    await close()
  })
})

describe('a sending that is due', () => {
  it('is taken up by one of many engines', async () => {
    const schema = database.newSchema()
    const engines = await Promise.all(Array.from({ length: 6 }, () => database.open({ schema, poolSize: 2 })))
    const [first] = engines
    if (!first) throw new Error('there are several')
    const ids = Array.from({ length: 30 }, (_, index) => `sending-${String(index).padStart(2, '0')}`)
    for (const id of ids) await createSending(first, { id, wakeAt: START })
    const taken: string[] = []
    const takeAll = async (engine: Storage) => {
      const { due } = await sendingsOf(engine).listDueSendings({ now: START, limit: 100 })
      for (const sending of due) {
        if ((await change(engine, sending, { to: { wakeAt: START + 60 } })).applied) taken.push(sending.id)
      }
    }
    await Promise.all(engines.map(takeAll))
    expect(taken.sort()).toEqual(ids)
    expect(await sendingsOf(first).listDueSendings({ now: START, limit: 100 })).toEqual({ due: [], nextAt: START + 60 })
    await Promise.all(engines.map((engine) => engine.close()))
  })
})

/** Resolves when a connection waits for a lock of that one's. */
async function untilOneWaitsFor(pid: number | undefined): Promise<void> {
  for (;;) {
    const { rowCount } = await database.pool.query(
      'select from pg_stat_activity where $1::integer = any (pg_blocking_pids(pid))',
      [pid],
    )
    if (rowCount === 1) return
  }
}
