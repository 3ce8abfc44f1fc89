import { memoryStorage } from '@broadside/memory'
import { describe, expect, it } from 'vitest'
import type { ConformanceCase } from './conformance-case.js'
import { CONFORMANCE_CASES } from './conformance-cases.js'
import { registerConformance } from './register-conformance.js'
import { runConformance } from './run-conformance.js'

const harness = { open: async () => memoryStorage() }
const { capabilities } = memoryStorage()

interface Registered {
  readonly name: string
  readonly run: () => Promise<void>
}

/**
 * A runner with the rules of jest: a file is loaded without waiting for anything, what it describes is described at once,
 * and when it has been loaded, nothing can be added any more.
 */
class StrictRunner {
  readonly tests: Registered[] = []
  readonly skipped: string[] = []
  readonly limits = new Set<number | undefined>()
  readonly #path: string[] = []
  #loaded = false

  load(file: () => unknown): this {
    file()
    this.#loaded = true
    return this
  }

  readonly describe = (name: string, register: () => unknown) => {
    if (this.#loaded) throw new Error('Cannot add a describe after the tests have begun')
    this.#path.push(name)
    if (register() !== undefined) throw new Error('A "describe" callback must not return a value')
    this.#path.pop()
  }

  readonly test = Object.assign(
    (name: string, run: () => Promise<void>, timeoutMs?: number) => {
      if (this.#loaded) throw new Error('Cannot add a test after tests have started running')
      if (run.length > 0) throw new Error('A test with parameters waits for its callback')
      this.limits.add(timeoutMs)
      this.tests.push({ name: [...this.#path, name].join(' > '), run })
    },
    { skip: (name: string) => this.skipped.push([...this.#path, name].join(' > ')) },
  )

  async failures(): Promise<readonly string[]> {
    const failed: string[] = []
    for (const { name, run } of this.tests) await run().catch(() => failed.push(name))
    return failed
  }
}

describe('registerConformance', () => {
  const cases = CONFORMANCE_CASES.filter(({ name }) => /^(create|extend|durable)\//.test(name))

  it('registers all cases while a file is loaded', async () => {
    const { describe: group, test, ...runner } = new StrictRunner()
    expect(runner.tests).toEqual([])
    registerConformance({ test, describe: group, harness, capabilities, cases })
    expect(runner.tests.length + runner.skipped.length).toBe(cases.length + 1)
    expect(runner.tests[1]?.name).toMatch(/^create > create\/a-new-job-is-created-and-empty: A new job has/)
  })

  it('has tests that pass and fail as the storage does', async () => {
    const broken: ConformanceCase = { name: 'a/b', guarantee: 'C', run: () => Promise.reject(new Error('broken')) }
    const runner = new StrictRunner()
    const { test } = runner
    runner.load(() => registerConformance({ test, harness, capabilities, cases: [...cases, broken] }))
    expect(await runner.failures()).toEqual(['a/b: C'])
  })

  it('skips by the capabilities that it was given, visibly', () => {
    const runner = new StrictRunner()
    runner.load(() => registerConformance({ ...runner, harness, capabilities, cases }))
    expect(runner.skipped).toContain('durable > durable/leases-are-kept (skipped: the harness does not reopen)')
  })

  it('finds out that the storage declares other capabilities', async () => {
    const runner = new StrictRunner()
    const other = { ...capabilities, durable: true }
    runner.load(() => registerConformance({ ...runner, harness, capabilities: other, cases: [] }))
    expect(await runner.failures()).toEqual([
      'capabilities > capabilities/as-declared: The cases were chosen by the capabilities that the storage declares',
    ])
  })

  it('gives each test its time', () => {
    const runner = new StrictRunner()
    runner.load(() => registerConformance({ ...runner, harness, capabilities, cases, timeoutMs: 5 }))
    expect([...runner.limits]).toEqual([5])
  })
})

describe('runConformance', () => {
  it('comes too late for a file that is loaded without waiting', async () => {
    const runner = new StrictRunner()
    let registering: Promise<void> | undefined
    runner.load(() => {
      registering = runConformance({ ...runner, harness })
    })
    await expect(registering).rejects.toThrow('after the tests have begun')
  })
})
