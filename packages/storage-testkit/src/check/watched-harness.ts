import type { Storage } from '@broadside/core'
import type { Harness } from '../harness.js'
import { wrap } from '../wrap.js'
import { endingOf } from './ending.js'

export interface WatchedHarness {
  readonly harness: Harness
  /** Closes what was opened through it and lets no more be opened: for when the work with it was given up. */
  letGo(): Promise<void>
}

/** How long closing may take where a call is stuck already, in ms. */
const CLOSE_MS = 2_000

/** `harness`, watched: `onOpen` is called, and waited for, before each storage that is opened from scratch. */
export function watchHarness(harness: Harness, onOpen: () => Promise<void> = async () => {}): WatchedHarness {
  const opened = new Set<Storage>()
  let gone = false
  const noting = async (open: () => Promise<Storage>) => {
    if (gone) throw new Error('this was given up')
    const storage = await open()
    opened.add(storage)
    // Too late: the one who asked for it is not waited for any more.
    if (gone) await storage.close()
    return storage
  }
  const through = (way: 'reopen' | 'join') => {
    const open = harness[way]?.bind(harness)
    return open && { [way]: (storage: Storage) => noting(() => open(storage)) }
  }
  return {
    harness: wrap(harness, {
      open: async () => {
        await onOpen()
        return noting(() => harness.open())
      },
      ...through('reopen'),
      ...through('join'),
    }),
    letGo: async () => {
      gone = true
      const close = () => Promise.allSettled([...opened].map((storage) => storage.close()))
      await endingOf(close, { limitMs: CLOSE_MS })
    },
  }
}
