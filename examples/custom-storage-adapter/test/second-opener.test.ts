import { createBroadside, isBroadsideError } from '@broadside/core'
import { afterAll, describe, expect, it } from 'vitest'
import { levelStorage } from '../src/level-storage.js'
import { removeScratch, scratchDirectory } from './scratch.js'
import { SendingProcess } from './sending-process.js'

afterAll(removeScratch)

async function refusalAt(path: string): Promise<unknown> {
  const opened = createBroadside({ storage: levelStorage(path) })
  return opened.then(
    () => undefined,
    (error: unknown) => error,
  )
}

describe('a second opener', () => {
  it('is refused in the same process, and says what is in the way', async () => {
    const path = scratchDirectory()
    await using _first = await createBroadside({ storage: levelStorage(path) })
    const refusal = await refusalAt(path)
    expect(isBroadsideError(refusal, 'STORAGE_LOCKED')).toBe(true)
    expect(String(refusal)).toContain(`${path} is open already`)
  })

  it('is refused in another process, and let in once that one was killed', async () => {
    const path = scratchDirectory()
    const first = new SendingProcess(path)
    await first.until('ingested 100')
    expect(isBroadsideError(await refusalAt(path), 'STORAGE_LOCKED')).toBe(true)
    await first.kill()
    expect(await refusalAt(path)).toBeUndefined()
  })
})
