import Database from 'better-sqlite3'
import { afterAll, describe, expect, it } from 'vitest'
import { failureOf } from '../test/fixtures.js'
import { testDirectory } from '../test/harnesses.js'
import { Connection } from './connection.js'
import { migrate, schemaVersion } from './migrate.js'
import { Pace } from './pace.js'
import type { Migration } from './schema.js'
import { Session } from './session.js'
import { tablesOf } from './tables.js'
import { systemTimers } from './timers.js'

const directory = testDirectory()
afterAll(() => directory.remove())

const wait = { timers: systemTimers, limitMs: 5_000 }

function sessionOn(file: string): Session {
  const connect = () => new Connection(new Database(file, { timeout: 0 }), tablesOf('broadside_'))
  return new Session({ connect, begin: 'begin immediate', wait, pace: new Pace(systemTimers), replaceable: true })
}

const one: Migration = () => 'create table one (a)'
const two: Migration = () => 'alter table one add column b; insert into one values (1, 2)'

describe('migrations', () => {
  it('make the tables of a new database', async () => {
    const session = sessionOn(directory.newFile())
    expect(schemaVersion(session.connection)).toBe(0)
    await migrate(session, wait)
    expect(schemaVersion(session.connection)).toBe(1)
    session.close()
  })

  it('bring older tables forward, each step once', async () => {
    const session = sessionOn(directory.newFile())
    await migrate(session, wait, [one])
    await migrate(session, wait, [one, two])
    await migrate(session, wait, [one, two])
    expect(session.connection.rows(() => 'select a, b from one')).toEqual([[1, 2]])
    expect(schemaVersion(session.connection)).toBe(2)
    session.close()
  })

  it('refuse newer tables and leave them as they are', async () => {
    const session = sessionOn(directory.newFile())
    await migrate(session, wait, [one, two])
    const { code, message } = await failureOf(migrate(session, wait, [one]))
    expect(code).toBe('STORAGE_SCHEMA_NEWER')
    expect(message).toContain('upgrade')
    expect(schemaVersion(session.connection)).toBe(2)
    session.close()
  })

  it('come about as a whole or not at all', async () => {
    const session = sessionOn(directory.newFile())
    const broken: Migration = () => 'create table half (a); create table one (a)'
    await expect(migrate(session, wait, [one, broken])).rejects.toThrow(/one/)
    expect(schemaVersion(session.connection)).toBe(0)
    await migrate(session, wait, [one])
    expect(schemaVersion(session.connection)).toBe(1)
    session.close()
  })

  it('happen once when several open at the same time', async () => {
    const file = directory.newFile()
    const sessions = [1, 2, 3, 4, 5].map(() => sessionOn(file))
    await Promise.all(sessions.map((session) => migrate(session, wait, [one, two])))
    expect(sessions.map((session) => session.connection.rows(() => 'select a, b from one'))).toEqual(
      sessions.map(() => [[1, 2]]),
    )
    for (const session of sessions) session.close()
  })
})
