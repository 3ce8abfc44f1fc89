import { BroadsideError } from '@broadside/core'
import type { BusyWait } from './busy-wait.js'
import { checkpointInWorker, type OpenCheckpointAside } from './checkpoint-worker.js'
import type { Database } from './database.js'
import { fileOf } from './database-file.js'
import { driverOf, type SqliteDriver, type SqliteHandle } from './driver.js'
import { FileDatabase } from './file-database.js'
import { loadDriver } from './load-driver.js'
import { MemoryDatabase } from './memory-database.js'
import type { Settings } from './options.js'
import { Pace } from './pace.js'
import { lockForProcess } from './process-lock.js'

/** Where a storage's database is: a path, or a handle of the host's. */
export type Source = string | SqliteHandle

export interface OpenedDatabase {
  readonly database: Database
  /** Closes it, and lets others have it. */
  close(): Promise<void>
}

/** Opens the database, takes its lock and migrates its tables. */
export async function openDatabase(source: Source, settings: Settings): Promise<OpenedDatabase> {
  if (typeof source !== 'string') {
    const file = fileOf(source)
    return file
      ? openFile({ file, open: driverOf(source), sliced: false, aside: undefined, settings })
      : openHosted(source, settings)
  }
  const open = await loadDriver()
  if (isMemoryPath(source)) return openMemory({ handle: open(':memory:'), hosted: false, settings })
  return openFile({ file: resolvedFile(open, source), open, sliced: true, aside: checkpointInWorker, settings })
}

export function isMemoryPath(path: string): boolean {
  return path.trim() === '' || path.trim() === ':memory:'
}

/** Two names of one file, by way of symbolic links, are one file, and have one lock. */
function resolvedFile(open: SqliteDriver, path: string): string {
  const handle = open(path)
  const file = fileOf(handle)
  handle.close()
  return file ?? path
}

interface OpenFileParams {
  readonly file: string
  readonly open: SqliteDriver
  readonly sliced: boolean
  readonly aside: OpenCheckpointAside | undefined
  readonly settings: Settings
}

async function openFile({ file, open, sliced, aside, settings }: OpenFileParams): Promise<OpenedDatabase> {
  const { shared, tables, synchronous, timers } = settings
  const wait = waitOf(settings)
  const unlock = await lockForProcess({ path: file, shared, open, timers })
  const database = new FileDatabase({ file, open, sliced, aside, tables, synchronous, wait, pace: new Pace(timers) })
  const close = async () => {
    try {
      await database.close()
    } finally {
      unlock()
    }
  }
  return await prepared({ database, close }, wait)
}

/** The handles in memory that a storage has: each such handle is a database of its own, which no file lock guards. */
const hosted = new WeakSet<SqliteHandle>()

async function openHosted(handle: SqliteHandle, settings: Settings): Promise<OpenedDatabase> {
  if (hosted.has(handle)) {
    throw new BroadsideError(
      'STORAGE_LOCKED',
      'This in-memory SQLite handle is in use by another storage: close that one, or use it for both.',
    )
  }
  hosted.add(handle)
  return await openMemory({ handle, hosted: true, settings })
}

interface OpenMemoryParams {
  readonly handle: SqliteHandle
  readonly hosted: boolean
  readonly settings: Settings
}

async function openMemory({ handle, hosted: isHosted, settings }: OpenMemoryParams): Promise<OpenedDatabase> {
  const wait = waitOf(settings)
  const { tables, timers } = settings
  const database = new MemoryDatabase({ handle, tables, wait, pace: new Pace(timers), hosted: isHosted })
  const close = async () => {
    await database.close()
    hosted.delete(handle)
  }
  return await prepared({ database, close }, wait)
}

async function prepared(opened: OpenedDatabase, wait: BusyWait): Promise<OpenedDatabase> {
  try {
    await opened.database.prepare(wait)
    return opened
  } catch (error) {
    await opened.close()
    throw error
  }
}

function waitOf({ timers, busyLimitMs }: Settings): BusyWait {
  return { timers, limitMs: busyLimitMs }
}
