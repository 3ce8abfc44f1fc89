import { BroadsideError } from '@broadside/core'
import { type BusyWait, untilNotBusy } from './busy-wait.js'
import { prepare, type SqliteDriver, type SqliteHandle } from './driver.js'
import { isBusy } from './sqlite-error.js'
import type { Timers } from './timers.js'

export interface ProcessLockParams {
  /** The database that is locked. */
  readonly path: string
  readonly shared: boolean
  readonly open: SqliteDriver
  readonly timers: Timers
}

/** Two that open at once can hinder each other for a moment though there is room for both: a refusal is not believed at once. */
const PATIENCE_MS = 100

/**
 * Takes the lock that keeps others away from a database: all others, or, if `shared`, those that want it for themselves.
 * Returns the way to let go of it.
 *
 * It is a lock of SQLite's on a file beside the database, held by a connection with an open transaction, so it ends with
 * the process, however that ends. The empty file stays: to remove it could take it from under another that is opening it.
 *
 * @throws BroadsideError `STORAGE_LOCKED` when another storage has the database, in this process or another.
 */
export async function lockForProcess({ path, shared, open, timers }: ProcessLockParams): Promise<() => void> {
  const handle = open(`${path}-broadside-lock`)
  const wait: BusyWait = { timers, limitMs: PATIENCE_MS }
  try {
    // Nothing is ever written, so there is nothing to roll back after a crash: no journal need lie beside the file.
    handle.exec('pragma busy_timeout = 0; pragma journal_mode = memory')
    await untilNotBusy(wait, () => takeLock(handle, shared))
  } catch (cause) {
    handle.close()
    throw isBusy(cause) ? lockedError({ path, shared, cause }) : cause
  }
  return () => handle.close()
}

function takeLock(handle: SqliteHandle, shared: boolean): void {
  if (!shared) return void handle.exec('begin exclusive')
  handle.exec('begin')
  try {
    prepare(handle, 'select count(*) from sqlite_master').get()
  } catch (error) {
    handle.exec('rollback')
    throw error
  }
}

function lockedError({ path, shared, cause }: { path: string; shared: boolean; cause: unknown }): BroadsideError {
  const advice = shared
    ? 'a storage that does not share it has it open: close that one, or give it `shared: true` too.'
    : 'another storage has it open, in this process or another: close that one, or, for several at once, give all of ' +
      'them `shared: true`.'
  return new BroadsideError('STORAGE_LOCKED', `SQLite storage ${path} is in use: ${advice}`, { cause })
}
