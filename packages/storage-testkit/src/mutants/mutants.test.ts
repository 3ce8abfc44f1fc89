import { memoryStorage } from '@broadside/memory'
import { describe, expect, it } from 'vitest'
import { firstBrokenCase } from '../first-broken-case.js'
import type { Harness } from '../harness.js'
import { modelCheck } from '../model/model-check.js'
import { breakHarness } from './mutant.js'
import { MUTANTS } from './mutants.js'

const harness: Harness = { open: async () => memoryStorage(), reopen: async (storage) => storage }

const FINDERS = {
  cases: async (broken: Harness) => {
    const caught = await firstBrokenCase(broken)
    expect(caught?.one.name).toBeTypeOf('string')
  },
  model: async (broken: Harness) => {
    const check = modelCheck({ harness: broken, numRuns: 300, seed: 1, shrink: false })
    await expect(check).rejects.toThrow('Property failed')
  },
}

describe.each(MUTANTS)('$name', (mutant) => {
  it.each(mutant.caughtBy)('is caught by the %s', async (finder) => {
    await FINDERS[finder](breakHarness(harness, mutant))
  })
})

it('finds nothing wrong with the storage itself', async () => {
  expect(await firstBrokenCase(harness)).toBeUndefined()
})
