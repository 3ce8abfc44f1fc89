import type { Storage } from '@broadside/core'
import { type Harness, StatementTap } from '@broadside/storage-testkit'
import { levelStorage } from '../src/level-storage.js'
import { scratchDirectory } from './scratch.js'
import { tappedDatabase } from './tapped-database.js'

interface Opened {
  readonly path: string
  readonly tap: StatementTap
}

const opened = new WeakMap<Storage, Opened>()

async function openAt(path: string): Promise<Storage> {
  const tap = new StatementTap()
  const storage = levelStorage(path, { database: tappedDatabase(path, tap) })
  await storage.open()
  opened.set(storage, { path, tap })
  return storage
}

function openedAs(storage: Storage): Opened {
  const found = opened.get(storage)
  if (!found) throw new Error('This storage was not opened by the harness.')
  return found
}

/** How the kit gets at the adapter. */
export const harness: Harness = {
  open: () => openAt(scratchDirectory()),
  reopen: async (storage) => {
    await storage.close()
    return openAt(openedAs(storage).path)
  },
  work: (storage) => openedAs(storage).tap.work,
  interrupt: (storage, interruption) => openedAs(storage).tap.interrupt(interruption),
}
