import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Storage } from '@broadside/core'
import type { Harness, StatementTap, WorkerProgram } from '@broadside/storage-testkit'
import Database from 'better-sqlite3'
import { buildWorker } from '../../storage-testkit/test/build-worker.js'
import { type SqliteStorageOptions, sqliteStorage } from '../src/index.js'
import { type Failure, tapFile, tapHandle } from './tapped-connections.js'

/** A directory for the files of one test file. */
export interface TestDirectory {
  newFile(): string
  remove(): void
}

export function testDirectory(): TestDirectory {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'broadside-sqlite-')))
  let files = 0
  return {
    newFile: () => {
      files += 1
      return join(directory, `${files}.db`)
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  }
}

/** Every way in which a storage can have its database; each is interrupted in another way. */
export function harnesses(directory: TestDirectory): Readonly<Record<string, Harness>> {
  const { newFile } = directory
  return {
    'a file': alone(onFile({ newFile, failure: 'SQLITE_IOERR' })),
    'a shared file': withoutWork(sharedFileHarness(directory)),
    'a handle on a file': withoutWork(alone(harnessOf(() => handleOn(newFile(), 'SQLITE_FULL')))),
    'a handle in memory': withoutWork(alone(harnessOf(() => handleOn(':memory:', 'SQLITE_IOERR')))),
    'in memory': { open: () => opened(sqliteStorage(':memory:')) },
  }
}

/** The harness with everything that the kit can make use of. */
export function sharedFileHarness({ newFile }: TestDirectory): Harness {
  return onFile({ newFile, failure: 'SQLITE_BUSY', options: { shared: true, pollIntervalMs: 5 } })
}

/** A database of the tests, and the ways to it. */
interface Place {
  open(): Storage
  readonly tap: StatementTap
  /** What tells a worker process where it is. */
  readonly args?: readonly string[]
}

interface OnFileParams {
  readonly newFile: () => string
  readonly failure: Failure
  readonly options?: SqliteStorageOptions
}

function onFile({ newFile, failure, options = {} }: OnFileParams): Required<Harness> {
  return harnessOf(() => {
    const file = newFile()
    const args = [file, options.shared ? 'shared' : 'alone']
    return { open: () => sqliteStorage(file, options), tap: tapFile(file, failure), args }
  })
}

function handleOn(name: string, failure: Failure): Place {
  const handle = new Database(name)
  const tap = name === ':memory:' ? tapHandle(handle, failure) : tapFile(name, failure)
  return { open: () => sqliteStorage(handle), tap }
}

/** Without a second engine, which only a shared storage lets in. */
function alone({ join: _, fork: __, ...harness }: Required<Harness>): Harness {
  return harness
}

/** Where the statements are those of another harness. */
function withoutWork({ work: _, ...harness }: Harness): Harness {
  return harness
}

let program: Promise<string> | undefined

/** The program of a worker process on a file. */
export async function workerProgram(...args: readonly string[]): Promise<WorkerProgram> {
  program ??= buildWorker({ name: 'sqlite', external: ['better-sqlite3'] })
  return { modulePath: await program, args }
}

/** `create` begins a new database; it is opened anew each time. */
function harnessOf(create: () => Place): Required<Harness> {
  const places = new WeakMap<Storage, Place>()
  const openAt = async (place: Place) => {
    const storage = await opened(place.open())
    places.set(storage, place)
    return storage
  }
  const placeOf = (storage: Storage) => {
    const place = places.get(storage)
    if (!place) throw new Error('this storage was not opened by the harness')
    return place
  }
  return {
    open: () => openAt(create()),
    reopen: async (storage) => {
      await storage.close()
      return openAt(placeOf(storage))
    },
    join: (storage) => openAt(placeOf(storage)),
    work: (storage) => placeOf(storage).tap.work,
    interrupt: (storage, interruption) => placeOf(storage).tap.interrupt(interruption),
    fork: (storage) => workerProgram(...(placeOf(storage).args ?? [])),
  }
}

async function opened(storage: Storage): Promise<Storage> {
  await storage.open()
  return storage
}
