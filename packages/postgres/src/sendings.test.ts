import { type SendingFilter, type SendingRecord, sendingDefinitionSchema } from '@broadside/core'
import { afterAll, describe, expect, it } from 'vitest'
import { TestDatabase } from '../test/database.js'
import { newItems, newJob, START } from '../test/jobs.js'
import { createSending, sendingsOf } from '../test/sendings.js'
import { Lifecycle } from './lifecycle.js'
import { operationsOn } from './operations.js'
import { settingsOf } from './options.js'
import { PoolSource } from './pool-source.js'
import { sendingOperationsOn } from './sending-operations.js'

const database = await TestDatabase.start()
afterAll(() => database.stop())

/** What Postgres can't hold, or holds as something else; and what we write in place of that. */
const ODD = ['\0', '\ud800', '\udc00\ud800', '\ufffe', '\ufffe0000', '\x1f', "'\\", '{"a":1}']

describe('texts of a sending', () => {
  it('are any text, and found as they are', async () => {
    const storage = await database.open()
    const stored: SendingRecord[] = []
    for (const text of ODD) {
      const definition = { name: `a${text}b`, tags: [`a${text}b`], sendtrigger: `a${text}b` }
      const message = { template: `a${text}b` }
      const more = { id: text, state: text, reason: text, jobId: text, definition: { ...definition, message } }
      stored.push(await createSending(storage, more))
    }
    const list = async (filter: SendingFilter) =>
      sendingsOf(storage).listSendings({ filter, sortBy: 'name', sortDir: 'asc', limit: 99 })
    expect(await list({})).toHaveLength(ODD.length)
    for (const [index, text] of ODD.entries()) {
      const { id, state, reason, jobId, definition } = (await sendingsOf(storage).getSending(text)) ?? {}
      expect([id, state, reason, jobId]).toEqual([text, text, text, text])
      expect(definition?.name).toBe(`a${text}b`)
      const [name] = definition?.tags ?? []
      if (name === undefined) throw new Error('it has a tag')
      for (const filter of [{ name }, { tags: [name] }, { triggers: [name] }, { template: name }]) {
        expect(await list(filter)).toEqual([stored[index]])
      }
    }
    await storage.close()
  })

  it('may be long: a name of 255 characters beside an id of 2,600 bytes', async () => {
    const storage = await database.open()
    const name = '\u{1f600}'.repeat(127)
    const id = Array.from({ length: 2_600 }, (_, index) => String.fromCharCode(33 + ((index * index * 7) % 90))).join(
      '',
    )
    const sending = await createSending(storage, { id, definition: { name } })
    const page = { sortBy: 'name', sortDir: 'desc', limit: 5 } as const
    expect(await sendingsOf(storage).listSendings(page)).toEqual([sending])
    expect(await sendingsOf(storage).listSendings({ ...page, after: { value: name, id } })).toEqual([])
    await storage.close()
  })
})

describe('a list of sendings', () => {
  it('finds its page by an index, wherever it begins', async () => {
    const schema = database.newSchema()
    const storage = await database.open({ schema, poolSize: 1 })
    await createSending(storage)
    const table = `"${schema}".sendings`
    await database.pool.query(
      `insert into ${table} (id, version, status, created_at, due_at, name, tags, definition, state)
      select 's' || n, 1, 'draft', n, case when n % 3 > 0 then n end, case when n % 4 > 0 then 'name ' || n end, '{}', definition, state
      from ${table} cross join generate_series(1, 20000) as n`,
    )
    await database.pool.query(`analyze ${table}`)
    for (const sortBy of ['createdAt', 'dueAt', 'name'] as const) {
      for (const sortDir of ['asc', 'desc'] as const) {
        const list = { sortBy, sortDir, limit: 10 }
        const after = { value: sortBy === 'name' ? 'name 15' : 15_000, id: 's1' }
        expect(await sendingsOf(storage).listSendings({ ...list, after })).toHaveLength(10)
        expect(await sendingsOf(storage).listSendings(list)).toHaveLength(10)
      }
    }
    await storage.close()
    const { rows } = await database.pool.query(
      'select seq_tup_read::float8 as scanned from pg_stat_user_tables where schemaname = $1 and relname = $2',
      [schema, 'sendings'],
    )
    // Only what the test itself has read.
    expect(rows[0]?.scanned).toBeLessThan(25_000)
  })
})

describe('other engines', () => {
  it('are told of a sending that is stored, changed or deleted, and of items for a job that is going out', async () => {
    const settings = settingsOf({ schema: database.newSchema() })
    const lifecycle = new Lifecycle(new PoolSource(database.newPool(2)), settings)
    let told = 0
    const changed = () => {
      told += 1
    }
    const storage = { ...operationsOn(lifecycle, changed), sendings: sendingOperationsOn(lifecycle, changed) }
    const tells = async (call: () => Promise<unknown>) => {
      const before = told
      await call()
      return told - before
    }
    await lifecycle.open()
    const { sendings } = storage
    const definition = sendingDefinitionSchema.parse({ message: { template: 'welcome' } })
    const sending = { id: 'a', definition, status: 'draft', createdAt: START, state: '{}', version: 1 } as const
    expect(await tells(() => sendings.createSending({ sending }))).toBe(1)
    expect(await tells(() => sendings.changeSending({ sending, now: START }))).toBe(1)
    expect(await tells(() => sendings.changeSending({ sending, now: START }))).toBe(0)
    expect(await tells(() => sendings.deleteSending({ sendingId: 'a', version: 1, now: START }))).toBe(0)
    expect(await tells(() => sendings.deleteSending({ sendingId: 'a', version: 2, now: START }))).toBe(1)
    const add = () =>
      storage.addItems({ jobId: 'b', items: newItems(1), into: ['created', 'processing'], duplicateCode: 'D' })
    await storage.createJob({ job: newJob('b') })
    expect(await tells(() => storage.addItems({ jobId: 'b', items: newItems(1, 1), duplicateCode: 'D' }))).toBe(0)
    await storage.transitionJob({ jobId: 'b', from: 'created', to: 'processing', now: START })
    expect(await tells(add)).toBe(1)
    await storage.transitionJob({ jobId: 'b', from: 'processing', to: 'paused', now: START })
    expect(await tells(add)).toBe(0)
    await lifecycle.close(async () => {})
  })
})
