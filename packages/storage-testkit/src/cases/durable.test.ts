import { memoryStorage } from '@broadside/memory'
import { expect, it } from 'vitest'
import { DURABLE_CASES } from './durable.js'

it.each(DURABLE_CASES)('$name passes where the reopened storage holds what the closed one held', async (one) => {
  await one.run({ open: async () => memoryStorage(), reopen: async (storage) => storage })
})

it.each(DURABLE_CASES)('$name fails where a reopened storage is empty', async (one) => {
  const run = one.run({ open: async () => memoryStorage(), reopen: async () => memoryStorage() })
  await expect(run).rejects.toThrow()
})
