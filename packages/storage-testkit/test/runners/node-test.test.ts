import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { CONFORMANCE_CASES } from '../../src/conformance-cases.js'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const file = fileURLToPath(new URL('kit-under-node-test.ts', import.meta.url))

interface NodeTestRun {
  readonly code: number
  readonly passed: readonly string[]
  readonly failed: readonly string[]
  readonly skipped: readonly string[]
}

/** Runs the kit by `node --test`, from source, and reads what TAP says of each case. */
function nodeTest(more: Readonly<Record<string, string>>): Promise<NodeTestRun> {
  const args = ['--import', 'tsx', '--test', '--test-reporter=tap', file]
  const env: NodeJS.ProcessEnv = { ...process.env, TSX_TSCONFIG_PATH: `${root}tsconfig.json`, ...more }
  // Within a run of node:test, another one would report to it.
  delete env.NODE_TEST_CONTEXT
  const options = { cwd: root, maxBuffer: 1e8, env }
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, options, (error, stdout, stderr) => {
      const cases = [...stdout.matchAll(/^ *(not ok|ok) \d+ - ([\w-]+\/[^:\s]+)[^#\n]*(# SKIP)?/gm)]
      if (cases.length === 0) return reject(new Error(stdout + stderr))
      const named = (wanted: string) =>
        cases.flatMap(([, ok, name = '', skip]) => ((skip ? 'skip' : ok) === wanted ? [name] : []))
      resolve({
        code: typeof error?.code === 'number' ? error.code : 0,
        passed: named('ok'),
        failed: named('not ok'),
        skipped: named('skip'),
      })
    })
  })
}

describe.each(['runConformance', 'registerConformance'])('%s under node:test', (way) => {
  it('runs every case', { timeout: 120_000 }, async () => {
    const { code, passed, failed, skipped } = await nodeTest({ KIT_REGISTERED_BY: way })
    expect({ code, failed }).toEqual({ code: 0, failed: [] })
    const names = CONFORMANCE_CASES.map(({ name }) => name)
    const declared = way === 'registerConformance' ? ['capabilities/as-declared'] : []
    expect(new Set([...passed, ...skipped])).toEqual(new Set([...names, ...declared]))
    expect(skipped).toContain('durable/leases-are-kept')
    expect(passed).toContain('settle/another-token-is-stale')
  })
})

describe('a broken storage under node:test', () => {
  it('fails by the name of the guarantee', { timeout: 120_000 }, async () => {
    const { code, failed } = await nodeTest({ KIT_MUTANT: 'a mark never runs out' })
    expect({ code, failed }).toEqual({ code: 1, failed: ['once/mark-runs-out'] })
  })
})
