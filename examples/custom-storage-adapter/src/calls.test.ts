import { isBroadsideError } from '@broadside/core'
import { describe, expect, it } from 'vitest'
import { Calls } from './calls.js'
import type { LevelDatabase } from './level-database.js'

/** Notes what it is asked to do; the first of `failures` to be asked for fails. */
function notingDatabase(failures: readonly string[] = []): { readonly db: LevelDatabase; readonly log: string[] } {
  const log: string[] = []
  const left = [...failures]
  const note = async (what: string) => {
    log.push(what)
    if (left[0] !== what) return
    left.shift()
    throw Object.assign(new Error('IO error: No space left on device'), { code: 'LEVEL_IO_ERROR' })
  }
  const db: LevelDatabase = {
    open: () => note('open'),
    close: () => note('close'),
    getMany: async (keys) => keys.map(() => undefined),
    entries: async () => [],
    keys: async () => [],
    write: (writes) => note(`write ${writes.map(({ key }) => key).join()}`),
  }
  return { db, log }
}

async function opened(failures?: readonly string[]) {
  const { db, log } = notingDatabase(failures)
  const calls = new Calls('here', db)
  await calls.open()
  const put = (key: string) => calls.run(async (tx) => tx.put(key, 1))
  return { calls, log, put }
}

describe('after a write that failed', () => {
  it('the database is opened anew, once, before anything is written behind it', async () => {
    const { log, put } = await opened(['write a'])
    await expect(put('a')).rejects.toMatchObject({ code: 'STORAGE_FAILED', cause: { code: 'LEVEL_IO_ERROR' } })
    await put('b')
    await put('c')
    expect(log).toEqual(['open', 'write a', 'close', 'open', 'write b', 'write c'])
  })

  it('nothing is written as long as it can’t be opened', async () => {
    const { log, put } = await opened(['write a', 'close'])
    await put('a').catch(() => {})
    await expect(put('b')).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
    await put('c')
    expect(log).toEqual(['open', 'write a', 'close', 'close', 'open', 'write c'])
  })
})

describe('a call', () => {
  it('that throws has written nothing, keeps its error, and does not keep the next from its turn', async () => {
    const { calls, log, put } = await opened()
    const failed = calls.run(async (tx) => {
      tx.put('a', 1)
      throw new TypeError('decide failed')
    })
    await Promise.all([expect(failed).rejects.toThrow(TypeError), put('b')])
    expect(log).toEqual(['open', 'write b'])
  })

  it('is refused before the opening and after the close', async () => {
    const { db } = notingDatabase()
    const calls = new Calls('here', db)
    const isRefused = () =>
      calls.run(async () => {}).catch((error: unknown) => isBroadsideError(error, 'STORAGE_CLOSED'))
    expect(await isRefused()).toBe(true)
    await calls.open()
    expect(await isRefused()).toBeUndefined()
    await calls.close()
    expect(await isRefused()).toBe(true)
  })
})
