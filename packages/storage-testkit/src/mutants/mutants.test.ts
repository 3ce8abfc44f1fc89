import { memoryStorage } from '@broadside/memory'
import { afterAll, describe, expect, it } from 'vitest'
import { harnesses, testDirectory } from '../../../sqlite/test/harnesses.js'
import { capabilitiesOf } from '../capabilities-of.js'
import { CONFORMANCE_CASES } from '../conformance-cases.js'
import { firstBrokenCase } from '../first-broken-case.js'
import type { Harness } from '../harness.js'
import { modelCheck } from '../model/model-check.js'
import { breakHarness, type Mutant } from './mutant.js'
import { MUTANTS } from './mutants.js'

const directory = testDirectory()
afterAll(() => directory.remove())

const memory: Harness = { open: async () => memoryStorage(), reopen: async (storage) => storage }
const HARNESSES = [memory, harnesses(directory)['a file'] ?? memory]

/** The first storage that can show the mistake. */
async function harnessFor(mutant: Mutant): Promise<Harness> {
  for (const harness of HARNESSES) {
    if (mutant.needs?.(await capabilitiesOf(harness), harness) === undefined) return harness
  }
  throw new Error(`no harness has what "${mutant.name}" needs`)
}

const FINDERS = {
  cases: async (mutant: Mutant, broken: Harness) => {
    const guarantee = CONFORMANCE_CASES.find(({ name }) => name === mutant.guarantee)
    expect(guarantee?.name, 'the case that words it').toBe(mutant.guarantee)
    await expect(guarantee?.run(broken)).rejects.toThrow()
  },
  model: async (_: Mutant, broken: Harness) => {
    const check = modelCheck({ harness: broken, numRuns: 600, seed: 1, shrink: false })
    await expect(check).rejects.toThrow('Property failed')
  },
}

describe.each(MUTANTS)('$name', (mutant) => {
  it.each(mutant.caughtBy)('is caught by the %s', { timeout: 120_000 }, async (finder) => {
    await FINDERS[finder](mutant, breakHarness(await harnessFor(mutant), mutant))
  })
})

it('are told apart by their names', () => {
  const names = MUTANTS.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
})

it('leave the storage itself alone', async () => {
  expect(await firstBrokenCase(memory)).toBeUndefined()
})
