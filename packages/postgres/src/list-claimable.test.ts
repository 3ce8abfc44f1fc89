import type { Storage } from '@broadside/core'
import pg from 'pg'
import { afterAll, describe, expect, it } from 'vitest'
import { TestDatabase } from '../test/database.js'
import { claimRange, runningJob, START } from '../test/jobs.js'
import type { PostgresPool, PostgresPoolClient, PostgresQuery } from './driver.js'
import { postgresStorage } from './index.js'

const database = await TestDatabase.start()
afterAll(() => database.stop())

const ask = { now: START + 10, channels: ['email'] }

async function retryAll(storage: Storage, jobId: string, nextAttemptAt: number): Promise<void> {
  const claimed = await claimRange(storage, { jobId, token: jobId })
  const settlements = (claimed?.items ?? []).map(
    ({ seq }) => ({ seq, to: 'pending', attempts: 1, nextAttemptAt }) as const,
  )
  await storage.settle({ jobId, token: jobId, now: START, settlements })
}

/** A pool that has every list of claimable jobs explained first. */
function explainingPool(plans: string[]): PostgresPool & { end(): Promise<void> } {
  const pool = new pg.Pool({ connectionString: database.url, max: 2 })
  const explained = (client: pg.PoolClient) =>
    new Proxy(client, {
      get: (target, name) => {
        const member: unknown =
          name === 'query' ? (query: PostgresQuery) => explain(target, query) : Reflect.get(target, name)
        return typeof member === 'function' ? member.bind(target) : member
      },
    }) as PostgresPoolClient
  const explain = async (client: pg.PoolClient, query: PostgresQuery) => {
    if (!query.text.includes('min(lease_until)')) return client.query(query)
    // The message as it is, but for its last statement; then what it has prepared is prepared again.
    const text = query.text.replace(/; execute (?!.*; execute )/s, '; explain execute ')
    const results: unknown = await client.query({ ...query, text })
    const { rows } = (results as readonly pg.QueryArrayResult[]).at(-2) ?? { rows: [] }
    plans.push(rows.join('\n'))
    await client.query('deallocate all')
    return client.query(query)
  }
  return {
    connect: (callback) => pool.connect((error, client) => callback(error, client && explained(client))),
    totalCount: 0,
    options: { max: 2 },
    end: () => pool.end(),
  }
}

describe('the list of claimable jobs', () => {
  it('has as many as were asked for, and the next instant of all', async () => {
    const storage = await database.open()
    for (const jobId of ['a', 'b', 'c', 'd']) await runningJob(storage, 2, jobId)
    await retryAll(storage, 'b', START + 5)
    await retryAll(storage, 'd', START + 70)
    const { ready, nextAt } = await storage.listClaimable({ ...ask, limit: 2 })
    expect(ready.map(({ jobId, source }) => [jobId, source])).toEqual([
      ['a', 'range'],
      ['b', 'retries'],
    ])
    expect(nextAt).toBe(START + 70)
    expect((await storage.listClaimable({ ...ask, limit: 9 })).ready.map(({ jobId }) => jobId)).toEqual(['a', 'b', 'c'])
    await storage.close()
  })

  it('is found by indexes when all retries that the planner knows of have been sent since', async () => {
    const schema = database.newSchema()
    const plans: string[] = []
    const pool = explainingPool(plans)
    const storage = postgresStorage(pool, { schema, listen: false })
    await storage.open()
    await runningJob(storage, 10_000)
    const items = `"${schema}".items`
    await database.pool.query(`alter table ${items} set (autovacuum_enabled = false)`)
    await database.pool.query(`update ${items} set detached = true, next_attempt_at = ${START}`)
    await database.pool.query(`analyze ${items}`)
    await database.pool.query(`update ${items} set next_attempt_at = null, status = 1`)
    await storage.listClaimable({ ...ask, limit: 9 })
    expect(plans).toHaveLength(1)
    expect(plans[0]).toMatch(/items_waiting/)
    expect(plans[0]).not.toMatch(/Seq Scan on items/)
    await storage.close()
    await pool.end()
  })
})
