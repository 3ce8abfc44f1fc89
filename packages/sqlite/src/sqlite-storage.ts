import { BroadsideError, type Storage, type StorageCapabilities } from '@broadside/core'
import { type HostConnections, within } from './caller-transaction.js'
import { fileOf } from './database-file.js'
import type { SqliteHandle } from './driver.js'
import { Lifecycle } from './lifecycle.js'
import { isMemoryPath, type Source } from './open-database.js'
import { operationsOn } from './operations.js'
import { type Settings, type SqliteStorageOptions, settingsOf } from './options.js'
import { sendingOperationsOn } from './sending-operations.js'
import { Wake } from './wake.js'

/**
 * A storage in a SQLite database.
 *
 * @param source A path (`:memory:` for none), which is opened with better-sqlite3; or a handle of the host's, a better-sqlite3
 *   `Database` or a `DatabaseSync` of node:sqlite, which is never closed here. On a handle's file the storage has
 *   connections of its own, and `within(handle)` writes in the host's transactions; a handle in memory is shared with it.
 * @throws BroadsideError `INVALID_INPUT` for a bad table prefix, and for `shared` with a database in memory.
 */
export function sqliteStorage(source: Source, options: SqliteStorageOptions = {}): Storage {
  checkSource(source)
  const settings = settingsOf(options)
  const capabilities = capabilitiesOf(source, settings)
  const lifecycle = new Lifecycle(source, settings)
  const wake = new Wake(lifecycle, settings)
  return {
    capabilities,
    open: () => lifecycle.open(),
    close: () => {
      wake.stop()
      return lifecycle.close()
    },
    ...operationsOn(lifecycle),
    sendings: sendingOperationsOn(lifecycle),
    ...(capabilities.wake ? { onWake: (listener: () => void) => wake.add(listener) } : {}),
    ...(typeof source === 'string' ? {} : { within: callerTransactions(source, { lifecycle, settings }) }),
  }
}

/** An unset variable must not become a throw-away database. */
function checkSource(source: unknown): void {
  const isPath = typeof source === 'string' && source !== ''
  const isHandle = typeof source === 'object' && source !== null && 'prepare' in source && 'exec' in source
  if (isPath || isHandle) return
  const given = source === '' ? 'an empty text' : source === null ? 'null' : typeof source
  throw new BroadsideError(
    'INVALID_INPUT',
    `sqliteStorage takes a path, ":memory:", or a handle of better-sqlite3 or node:sqlite, not ${given}.`,
    { issues: [{ path: [], message: 'must be a path or a handle' }] },
  )
}

function capabilitiesOf(source: Source, { shared }: Settings): StorageCapabilities {
  const durable = typeof source === 'string' ? !isMemoryPath(source) : fileOf(source) !== undefined
  if (shared && !durable) {
    throw new BroadsideError(
      'INVALID_INPUT',
      'A database in memory can not be shared: leave `shared` out, or use a file.',
      { issues: [{ path: ['shared'], message: 'must be false for a database in memory' }] },
    )
  }
  const callerTransaction = typeof source === 'string' ? 'none' : 'sync'
  return { durable, shared, wake: shared, callerTransaction, sendings: true }
}

interface CallerTransactionsParams {
  readonly lifecycle: Lifecycle
  readonly settings: Settings
}

function callerTransactions(source: SqliteHandle, { lifecycle, settings }: CallerTransactionsParams) {
  const connections: HostConnections = new WeakMap()
  return (handle: unknown) => within({ handle, database: lifecycle.database.file ?? source, settings, connections })
}
