import { createBroadside, type IngestUser } from '@broadside/core'
import { sqliteStorage } from '@broadside/sqlite'
import { expect, it } from 'vitest'
import { summaryOf } from './summary.js'

it('accounts for every row, in the order of fields that is promised', async () => {
  await using broadside = await createBroadside({ storage: sqliteStorage(':memory:') })
  const job = await broadside.jobs.create({ message: { content: { text: 'Hello' } } })
  const users: unknown[] = [
    { to: { email: 'a@b.example' } },
    { to: { email: 'A@b.example' } },
    { to: { email: '@' } },
    'x',
    {},
  ]
  await job.ingest(users as IngestUser[])
  expect(JSON.stringify(summaryOf(await job.info(), 12.6))).toBe(
    `{"jobId":"${job.id}","status":"created","received":2,"enqueued":0,"error":0,"skipped":0,"uncertain":0,"pending":2,` +
      '"rows":5,"duplicates":1,"rejected":2,"elapsedMs":13}',
  )
})
