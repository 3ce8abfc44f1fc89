import { BroadsideError, type CallerTransaction } from '@broadside/core'
import { addItems } from './add-items.js'
import { Connection } from './connection.js'
import { createJob } from './create-job.js'
import { fileOf } from './database-file.js'
import type { SqliteHandle } from './driver.js'
import { readJob } from './job-record.js'
import { schemaVersion } from './migrate.js'
import type { Settings } from './options.js'
import { runAtOnce } from './steps.js'
import { asStorageFailure } from './storage-failure.js'
import { isInTransaction } from './transaction-state.js'
import { transitionJob } from './transition-job.js'

/** Our connections on the hosts' handles: they keep what was prepared. */
export type HostConnections = WeakMap<SqliteHandle, Connection>

export interface WithinParams {
  readonly handle: unknown
  /** The file of the storage's own database, or the handle that it shares with the host. */
  readonly database: string | SqliteHandle
  readonly settings: Settings
  readonly connections: HostConnections
}

/**
 * The writes that can happen inside the host's transaction, each at once, and each undone by itself when it fails.
 *
 * @throws BroadsideError `INVALID_INPUT` for a handle of another database, or one that is in no transaction; `STORAGE_FAILED`
 *   when it has no tables of ours.
 */
export function within(params: WithinParams): CallerTransaction {
  const db = hostConnection(params)
  const { timers } = params.settings
  const run = <T>(call: () => T): T => {
    if (!isInTransaction(db.handle)) throw refusal('its transaction has ended: ask for another inside the next one')
    return inSavepoint(db, call)
  }
  return {
    createJob: (job) => run(() => runAtOnce(createJob(db, job))),
    getJob: (jobId) => run(() => readJob(db, jobId)),
    addItems: (items) => run(() => runAtOnce(addItems(db, items))),
    transitionJob: (transition) => run(() => runAtOnce(transitionJob(db, transition))),
    ended: async () => {
      for (let delayMs = 0; isInTransaction(db.handle); delayMs = Math.min(delayMs + 1, 20)) {
        await (delayMs === 0 ? timers.turn() : timers.delay(delayMs))
      }
    },
  }
}

function hostConnection({ handle, database, settings, connections }: WithinParams): Connection {
  if (!isHandle(handle)) throw refusal('it is not a SQLite handle: pass the Database that the transaction is open on')
  if (!isSameDatabase(handle, database)) throw refusal('it is open on another database than the storage')
  if (!isInTransaction(handle)) throw refusal('it is not in a transaction: call this inside your own')
  const connection = connections.get(handle) ?? new Connection(handle, settings.tables)
  connections.set(handle, connection)
  if (schemaVersion(connection) === 0) throw missingTables()
  return connection
}

function isHandle(handle: unknown): handle is SqliteHandle {
  if (typeof handle !== 'object' || handle === null || !('prepare' in handle) || !('exec' in handle)) return false
  return typeof handle.prepare === 'function' && typeof handle.exec === 'function'
}

function isSameDatabase(handle: SqliteHandle, database: string | SqliteHandle): boolean {
  return typeof database === 'string' ? fileOf(handle) === database : handle === database
}

/** A call that fails has done nothing, though the host may go on with its transaction. */
function inSavepoint<T>(db: Connection, call: () => T): T {
  db.exec('savepoint broadside_call')
  try {
    const result = call()
    db.exec('release broadside_call')
    return result
  } catch (error) {
    undo(db)
    throw asStorageFailure(error, 'in the host’s transaction')
  }
}

/** Where SQLite has rolled the whole transaction back by itself, there is no savepoint any more. */
function undo(db: Connection): void {
  if (!isInTransaction(db.handle)) return
  db.exec('rollback to broadside_call')
  db.exec('release broadside_call')
}

function refusal(reason: string): BroadsideError {
  return new BroadsideError('INVALID_INPUT', `This handle can't carry the caller's transaction: ${reason}.`)
}

function missingTables(): BroadsideError {
  return new BroadsideError(
    'STORAGE_FAILED',
    'This database has no tables of ours: open the engine (or the storage) on it first, which makes them.',
  )
}
