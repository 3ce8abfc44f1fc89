import { afterAll, describe, expect, it } from 'vitest'
import { TestDatabase } from '../test/database.js'
import { newJob } from '../test/jobs.js'
import { migrate } from './migrate.js'
import { settingsOf } from './options.js'
import { PoolSource } from './pool-source.js'
import { MIGRATIONS, type Migration } from './schema.js'
import { Transactions } from './transactions.js'

const database = await TestDatabase.start()
afterAll(() => database.stop())

const pool = database.newPool()

function migrateTo(schema: string, migrations: readonly Migration[]): Promise<string> {
  const settings = settingsOf({ schema })
  return migrate(new Transactions({ source: new PoolSource(pool), ...settings }), schema, migrations)
}

const ADD_COLUMN: Migration = (schema) => `alter table ${schema}.jobs add column added text`

describe('migrations', () => {
  it('happen once when several processes start at the same time', async () => {
    const schema = database.newSchema()
    const storages = await Promise.all(Array.from({ length: 6 }, () => database.open({ schema, poolSize: 2 })))
    await Promise.all(storages.map((storage, index) => storage.createJob({ job: newJob(`job-${index}`) })))
    expect(await storages[0]?.listJobs({ limit: 10 })).toHaveLength(6)
    await Promise.all(storages.map((storage) => storage.close()))
  })

  it('add what is new to tables of an earlier version, once, and keep what is in them', async () => {
    const schema = database.newSchema()
    const storage = await database.open({ schema })
    await storage.createJob({ job: newJob() })
    const newer = [...MIGRATIONS, ADD_COLUMN]
    const ids = await Promise.all([1, 2, 3].map(() => migrateTo(schema, newer)))
    expect(new Set(ids).size).toBe(1)
    const { rows } = await pool.query(`select id, added from "${schema}".jobs`)
    expect(rows).toEqual([{ id: 'job-1', added: null }])
    await storage.close()
  })

  it('refuse tables of a later version', async () => {
    const schema = database.newSchema()
    await migrateTo(schema, [...MIGRATIONS, ADD_COLUMN])
    await expect(database.open({ schema })).rejects.toMatchObject({ code: 'STORAGE_SCHEMA_NEWER' })
  })

  it('that fail leave nothing behind', async () => {
    const schema = database.newSchema()
    await expect(migrateTo(schema, [...MIGRATIONS, () => 'select 1 / 0'])).rejects.toThrow('division by zero')
    const { rows } = await pool.query('select from pg_namespace where nspname = $1', [schema])
    expect(rows).toHaveLength(0)
  })

  it('need no right to make schemas where ours is there', async () => {
    const schema = database.newSchema()
    const role = `role_${schema}`
    await pool.query(`create role ${role} login password 'plain'; create schema ${schema} authorization ${role}`)
    const url = new URL(database.url)
    url.username = role
    url.password = 'plain'
    const storage = await database.open({ schema, url: url.href })
    await storage.createJob({ job: newJob() })
    await storage.close()
    await pool.query(`drop schema ${schema} cascade; drop role ${role}`)
  })
})
