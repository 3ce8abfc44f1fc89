import { once } from 'node:events'
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildChaos } from './build-chaos.js'
import { processesAt, startChaos } from './start-chaos.js'

/** Minutes, and items, for each storage: bounded, so that CI can run it each time. */
const MINUTES = '0.75'
const ITEMS = 100_000
const LIMIT_MS = 900_000

const directory = mkdtempSync(join(tmpdir(), 'broadside-chaos-test-'))
let program = ''
beforeAll(async () => {
  // Where this runs as root, Postgres runs as a user of its own, who has to get there.
  chmodSync(directory, 0o755)
  program = await buildChaos()
}, 120_000)
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const line = {
  items: ITEMS,
  delivered: ITEMS,
  lost: 0,
  duplicates: expect.any(Number),
  unexplainedDuplicates: 0,
  kills: expect.any(Number),
  wrongCounters: 0,
  brokenPromises: 0,
}

describe('while processes are killed', { timeout: LIMIT_MS }, () => {
  it.each(['sqlite', 'postgres'])(
    '100,000 items arrive over %s, and everything sent twice is explained',
    async (storage) => {
      const args = ['--items', String(ITEMS), '--minutes', MINUTES, '--storage', storage]
      const { code, stdout, stderr } = await startChaos(program, args, directory).ended
      // What it says on stderr names the seed, and the evidence of what went wrong.
      expect({ code, told: code === 0 ? '' : stderr }).toEqual({ code: 0, told: '' })
      expect(stdout.trimEnd().split('\n')).toHaveLength(1)
      const verdict = JSON.parse(stdout)
      expect(verdict).toMatchObject({ storage, ...line })
      expect(verdict.kills).toBeGreaterThan(10)
      expect(verdict.duplicates).toBeGreaterThan(0)
      if (storage === 'postgres' && !process.env.DATABASE_URL) expect(verdict.restarts).toBeGreaterThan(0)
      expect(readdirSync(directory)).toEqual([])
    },
  )
})

describe('a run that is stopped', { timeout: 120_000 }, () => {
  it.each(['sqlite', 'postgres'])('leaves no process and no file behind (%s)', async (storage) => {
    const args = ['--items', '5000', '--minutes', '5', '--storage', storage]
    const { child, ended } = startChaos(program, args, directory)
    // By the first kill, everything has been started.
    child.stderr?.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes('killed worker')) child.kill('SIGINT')
    })
    await once(child, 'exit')
    expect(processesAt(directory)).toEqual([])
    const { code, stdout, stderr } = await ended
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' })
    expect(stderr).toContain('Stopping')
    expect(readdirSync(directory)).toEqual([])
  })
})
