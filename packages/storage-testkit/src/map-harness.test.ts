import type { Storage } from '@broadside/core'
import { memoryStorage } from '@broadside/memory'
import { describe, expect, it } from 'vitest'
import type { Harness } from './harness.js'
import { mapHarness } from './map-harness.js'
import { wrap } from './wrap.js'

/** A harness as a class: its functions need it as their `this`. */
class CountingHarness implements Harness {
  #opened = 0
  readonly asked: Storage[] = []
  readonly storages: Storage[] = []

  async open() {
    this.#opened += 1
    const storage = Object.freeze(memoryStorage())
    this.storages.push(storage)
    return storage
  }

  async reopen(storage: Storage) {
    this.asked.push(storage)
    return this.open()
  }

  get opened() {
    return this.#opened
  }
}

const inFront = (storage: Storage) => wrap(storage, { getJob: async () => undefined })

describe('mapHarness', () => {
  it('asks the harness about the storage behind', async () => {
    const harness = new CountingHarness()
    const mapped = mapHarness(harness, inFront)
    const storage = await mapped.open()
    await mapped.reopen?.(storage)
    expect(harness.asked).toEqual([harness.storages[0]])
    expect(harness.opened).toBe(2)
  })

  it('has what the harness has, and nothing else', () => {
    const mapped = mapHarness(new CountingHarness(), inFront)
    expect(mapped.reopen).toBeTypeOf('function')
    for (const part of ['join', 'work', 'interrupt', 'fork'] as const) expect(mapped[part]).toBeUndefined()
  })

  it('puts nothing in front of a frozen storage’s other methods', async () => {
    const storage = await mapHarness(new CountingHarness(), inFront).open()
    expect(await storage.getJob('nobody')).toBeUndefined()
    expect(await storage.listJobs({ limit: 1 })).toEqual([])
  })
})
