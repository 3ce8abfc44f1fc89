import { BroadsideError } from '@broadside/core'
import type { SqliteDriver } from './driver.js'

/** Loads better-sqlite3, which only a storage that was given a path needs. */
export async function loadDriver(): Promise<SqliteDriver> {
  try {
    const { default: Database } = await import('better-sqlite3')
    return (path) => new Database(path, { timeout: 0 })
  } catch (cause) {
    throw new BroadsideError(
      'STORAGE_FAILED',
      'sqliteStorage was given a path and needs the package better-sqlite3 to open it, which could not be loaded: ' +
        'install it (`npm install better-sqlite3`), or pass a handle that is open, such as a DatabaseSync of node:sqlite.',
      { cause },
    )
  }
}
