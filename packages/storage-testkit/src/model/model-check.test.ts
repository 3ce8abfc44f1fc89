import { memoryStorage } from '@broadside/memory'
import { describe, expect, it } from 'vitest'
import type { Harness } from '../harness.js'
import { breakHarness } from '../mutants/mutant.js'
import { MUTANTS } from '../mutants/mutants.js'
import { modelCheck } from './model-check.js'

const harness: Harness = { open: async () => memoryStorage() }

function brokenHarness(name: string): Harness {
  const mutant = MUTANTS.find((one) => one.name === name)
  if (!mutant) throw new Error(`There is no mutant "${name}".`)
  return breakHarness(harness, mutant)
}

/** What a failing check says, and the seed and path in it. */
async function failure(check: Promise<void>) {
  const message = await check.then(
    () => '',
    (error: Error) => error.message,
  )
  const [, seed, path] = /seed: (-?\d+), path: "([^"]+)"/.exec(message) ?? []
  return { message, seed: Number(seed), path, example: /Counterexample: .*/.exec(message)?.[0] }
}

describe('modelCheck', () => {
  const broken = brokenHarness('a late settle is refused after a reap')

  it('says what happened, and replays by seed and path', async () => {
    const first = await failure(modelCheck({ harness: broken, numRuns: 300, seed: 3 }))
    expect(first.message).toContain('stale is not among applied')
    expect(first.message).toMatch(/What happened:\n +create job-1/)
    const again = await failure(modelCheck({ harness: broken, seed: first.seed, path: first.path }))
    expect(again.example).toBe(first.example)
    expect(again.message).toContain('Property failed after 1 tests')
  })

  it('finds a short run', async () => {
    const { example } = await failure(modelCheck({ harness: broken, numRuns: 300, seed: 3 }))
    expect(example?.match(/claim\(|reap\(|settle\(|tick\w*\(|giveBack\(/g)?.length).toBeLessThanOrEqual(5)
  })
})
