import type { Storage } from '@broadside/core'
import { afterAll, describe, expect, it } from 'vitest'
import { TestDatabase } from '../test/database.js'
import { claimRange, runningJob, START } from '../test/jobs.js'

const database = await TestDatabase.start()
afterAll(() => database.stop())

async function sendAll(storage: Storage, size: number): Promise<void> {
  const jobId = await runningJob(storage, size)
  const claimed = await claimRange(storage, { jobId, token: 'a' })
  const settlements = (claimed?.items ?? []).map(
    ({ seq }) => ({ seq, to: 'enqueued', attempts: 1, code: 'C' }) as const,
  )
  await storage.settle({ jobId, token: 'a', now: START, settlements })
}

describe('schemas', () => {
  it('may be named as parameters are, and know nothing of each other', async () => {
    const name = database.newSchema()
    const schemas = Array.from({ length: 10 }, (_, index) => `${name}$${index}`)
    const storages = await Promise.all(schemas.map((schema) => database.open({ schema, poolSize: 1, listen: false })))
    for (const [index, storage] of storages.entries()) await sendAll(storage, index + 1)
    for (const [index, storage] of storages.entries()) {
      const job = await storage.getJob('job-1')
      expect(job).toMatchObject({ status: 'completed', inFlight: 0, counters: { enqueued: index + 1, pending: 0 } })
      expect(await storage.countCodes('job-1')).toEqual({ C: index + 1 })
      await storage.close()
    }
    for (const schema of schemas) await database.pool.query(`drop schema "${schema}" cascade`)
  })
})
