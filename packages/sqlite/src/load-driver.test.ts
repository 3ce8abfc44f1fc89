import { expect, it, vi } from 'vitest'
import { failureOf } from '../test/fixtures.js'
import { sqliteStorage } from './index.js'

vi.mock('better-sqlite3', () => {
  throw new Error('Cannot find package')
})

it('a path without better-sqlite3 is refused with what to do, when it is opened and not before', async () => {
  const { code, message } = await failureOf(sqliteStorage(':memory:').open())
  expect(code).toBe('STORAGE_FAILED')
  expect(message).toContain('npm install better-sqlite3')
  expect(message).toContain('node:sqlite')
})
