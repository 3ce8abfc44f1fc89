import { afterAll, describe, expect, it } from 'vitest'
import { TestDatabase } from '../test/database.js'
import { newJob } from '../test/jobs.js'
import { postgresStorage } from './index.js'

const database = await TestDatabase.start()
afterAll(() => database.stop())

/** Everything that somebody who logs an error may see of it. */
function shown(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return [error.message, error.stack, JSON.stringify(error), shown(error.cause)].join('\n')
}

async function failureOf(url: string): Promise<string> {
  const failure = await postgresStorage(url)
    .open()
    .then(
      () => undefined,
      (error: unknown) => error,
    )
  expect(failure).toMatchObject({ code: 'STORAGE_FAILED' })
  return shown(failure)
}

describe('a storage that can’t be opened', () => {
  it('says why, and never the password', async () => {
    const { port } = new URL(database.url)
    expect(await failureOf(`postgres://nobody:s3cret@localhost:${port}/postgres`)).toMatch(
      /check the connection string/,
    )
    expect(await failureOf('postgres://nobody:s3cret@localhost:1/postgres')).toMatch(/is the server running/)
    expect(await failureOf('postgres://nobody:s3cret@localhost:port/x')).toMatch(/the connection string is none/)
    for (const url of [
      'postgres://nobody:s3cret@local host/x',
      'postgres://nobody:s3cret@localhost:port/x',
      's3cret',
    ]) {
      expect(await failureOf(url)).not.toContain('s3cret')
    }
  })
})

describe('a call that fails', () => {
  it('says that our tables are missing', async () => {
    const schema = database.newSchema()
    const storage = await database.open({ schema })
    await database.pool.query(`drop schema "${schema}" cascade`)
    const failure = expect(storage.createJob({ job: newJob() })).rejects
    await failure.toMatchObject({ code: 'STORAGE_FAILED', message: expect.stringContaining('our tables are missing') })
    await storage.close()
  })

  it('before the storage was opened, or after it was closed, is refused', async () => {
    const storage = postgresStorage(database.url, { schema: database.newSchema() })
    await expect(storage.getJob('job-1')).rejects.toMatchObject({ code: 'STORAGE_CLOSED' })
    await storage.close()
    await expect(storage.getJob('job-1')).rejects.toMatchObject({ code: 'STORAGE_CLOSED' })
  })
})
