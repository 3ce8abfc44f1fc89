import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Storage } from '@broadside/core'
import type { Harness } from '@broadside/storage-testkit'
import Database from 'better-sqlite3'
import { type SqliteStorageOptions, sqliteStorage } from '../src/index.js'

/** A directory for the files of one test file. */
export interface TestDirectory {
  newFile(): string
  remove(): void
}

export function testDirectory(): TestDirectory {
  const directory = mkdtempSync(join(tmpdir(), 'broadside-sqlite-'))
  let files = 0
  return {
    newFile: () => {
      files += 1
      return join(directory, `${files}.db`)
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  }
}

/** Every way in which a storage can have its database. */
export function harnesses({ newFile }: TestDirectory): Readonly<Record<string, Harness>> {
  return {
    'a file': onPath(newFile),
    'a shared file': onPath(newFile, { shared: true, pollIntervalMs: 5 }),
    'a handle on a file': onHandle(newFile),
    'a handle in memory': onHandle(() => ':memory:'),
    'in memory': { open: () => opened(sqliteStorage(':memory:')) },
  }
}

function onPath(newFile: () => string, options: SqliteStorageOptions = {}): Harness {
  const harness = reopenable(() => {
    const file = newFile()
    return () => sqliteStorage(file, options)
  })
  return options.shared ? harness : alone(harness)
}

function onHandle(newName: () => string): Harness {
  const harness = reopenable(() => {
    const handle = new Database(newName())
    return () => sqliteStorage(handle)
  })
  return alone(harness)
}

/** Without a second engine, which only a shared storage lets in. */
function alone({ open, reopen }: Required<Harness>): Harness {
  return { open, reopen }
}

/** `create` begins a new database, and returns the way to open it, each time anew. */
function reopenable(create: () => () => Storage): Required<Harness> {
  const ways = new WeakMap<Storage, () => Storage>()
  const openBy = async (way: () => Storage) => {
    const storage = await opened(way())
    ways.set(storage, way)
    return storage
  }
  const openAgain = async (storage: Storage) => {
    const way = ways.get(storage)
    if (!way) throw new Error('this storage was not opened by the harness')
    return openBy(way)
  }
  return {
    open: () => openBy(create()),
    reopen: async (storage) => {
      await storage.close()
      return openAgain(storage)
    },
    join: openAgain,
  }
}

async function opened(storage: Storage): Promise<Storage> {
  await storage.open()
  return storage
}
