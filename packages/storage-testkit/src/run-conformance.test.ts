import { memoryStorage } from '@broadside/memory'
import { describe, expect, it } from 'vitest'
import type { ConformanceCase } from './conformance-case.js'
import { CONFORMANCE_CASES } from './conformance-cases.js'
import type { Harness } from './harness.js'
import { runConformance } from './run-conformance.js'

const harness: Harness = { open: async () => memoryStorage() }

const cases: readonly ConformanceCase[] = [
  { name: 'group/a', guarantee: 'A', run: async () => {} },
  {
    name: 'other/b',
    guarantee: 'B',
    needs: ({ durable }) => (durable ? undefined : 'not durable'),
    run: async () => {},
  },
  {
    name: 'group/c',
    guarantee: 'C',
    run: () => Promise.reject(new Error('broken')),
  },
]

interface Registered {
  readonly name: string
  readonly run: () => Promise<void>
}

/** A runner that keeps what is registered with it. */
function recordingRunner() {
  const registered: Registered[] = []
  const skipped: string[] = []
  const groups: string[] = []
  const test = Object.assign((name: string, run: () => Promise<void>) => registered.push({ name, run }), {
    skip: (name: string) => skipped.push(name),
  })
  const describeGroup = (name: string, register: () => void) => {
    groups.push(name)
    register()
  }
  return { registered, skipped, groups, test, describe: describeGroup }
}

describe('runConformance', () => {
  it('registers each case under its name and guarantee', async () => {
    const { test, registered } = recordingRunner()
    await runConformance({ test, harness, cases })
    expect(registered.map(({ name }) => name)).toEqual(['group/a: A', 'group/c: C'])
  })

  it('lets a case that fails fail', async () => {
    const { test, registered } = recordingRunner()
    await runConformance({ test, harness, cases })
    await expect(registered[0]?.run()).resolves.toBeUndefined()
    await expect(registered[1]?.run()).rejects.toThrow('broken')
  })

  it('skips visibly, with the reason', async () => {
    const { test, skipped } = recordingRunner()
    await runConformance({ test, harness, cases })
    expect(skipped).toEqual(['other/b (skipped: not durable)'])
  })

  it('shows what it skips where the runner can’t', async () => {
    const names: string[] = []
    await runConformance({ test: (name: string) => names.push(name), harness, cases })
    expect(names).toContain('other/b (skipped: not durable)')
  })

  it('groups the cases where the runner can', async () => {
    const { test, describe: group, groups } = recordingRunner()
    await runConformance({ test, describe: group, harness, cases })
    expect(groups).toEqual(['group', 'other'])
  })
})

describe('the cases', () => {
  it('have names of their own and a guarantee', () => {
    const names = CONFORMANCE_CASES.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    expect(CONFORMANCE_CASES.every(({ guarantee }) => guarantee.length > 10)).toBe(true)
  })

  it('hold every group that the contract names', () => {
    const groups = new Set(CONFORMANCE_CASES.map(({ name }) => name.slice(0, name.indexOf('/'))))
    const named = 'create once list-jobs ingest transition completion close claim settle counters extend give-back reap'
    for (const group of [...named.split(' '), 'revise', 'list-items', 'delete']) expect(groups).toContain(group)
  })
})
