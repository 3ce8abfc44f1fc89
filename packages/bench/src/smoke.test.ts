import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Report } from './report/report.js'
import type { Result } from './result.js'
import { infoOf, SYSTEM_NAMES, type SystemName } from './systems/systems.js'

const run = promisify(execFile)
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
/** The bench as `build` compiles it, from the source that is tested. */
const COMPILER = join(dirname(createRequire(import.meta.url).resolve('tsup')), 'cli-default.js')
const LIMIT_MS = 600_000

/** Everything but BullMQ, which needs a server that may not be there. */
const SYSTEMS = SYSTEM_NAMES.filter((name) => name !== 'bullmq')

const PRESCHEDULE_WAYS = ['prepared when due', 'prescheduled']

/** The rows of a system that a run promises: work and variant. */
function rowsOf(system: SystemName): readonly (readonly [work: string, variant: string])[] {
  const { kind, ingests, drains, shares } = infoOf(system)
  const [fastest = ''] = drains
  const idle = kind === 'broadside' ? ['nothing due', 'due tomorrow'] : ['nothing due']
  return [
    ...ingests.map((variant) => ['ingest', variant] as const),
    ...drains.map((variant) => ['drain', variant] as const),
    ...(shares ? [['four-workers', 'one job'] as const] : []),
    ...(kind === 'peer' ? [] : ['end-to-end', 'several-jobs'].map((work) => [work, fastest] as const)),
    ...(kind === 'bare' ? [] : idle.map((variant) => ['idle', variant] as const)),
    ...(kind === 'broadside' ? [['first-send', 'first send'] as const] : []),
    ...(kind === 'broadside' ? PRESCHEDULE_WAYS.map((variant) => ['preschedule', variant] as const) : []),
  ]
}

const COUNTED = ['ingest', 'drain', 'four-workers', 'end-to-end', 'several-jobs']

describe('a tiny run of the bench', () => {
  let directory: string | undefined
  let report: Report
  let text: string

  beforeAll(async () => {
    await run(process.execPath, [COMPILER], { cwd: here('..') })
    directory = await mkdtemp(join(tmpdir(), 'broadside-bench-test-'))
    const json = join(directory, 'report.json')
    const { stdout } = await run(process.execPath, [here('../dist/main.js'), '--tiny', '--json', json])
    text = stdout
    report = JSON.parse(await readFile(json, 'utf8'))
  }, LIMIT_MS)

  afterAll(async () => {
    if (directory !== undefined) await rm(directory, { recursive: true, force: true })
  })

  const find = (work: string, system: string, variant: string): Result | undefined =>
    report.results.find((row) => row.work === work && row.system === system && row.variant === variant)

  it('misses nothing but what needs a server of its own', () => {
    expect(report.missing.filter(({ system }) => system !== 'bullmq')).toEqual([])
  })

  it.each(SYSTEMS)('has every row of %s', (system) => {
    const rows = rowsOf(system)
    expect(rows.filter(([work, variant]) => find(work, system, variant) === undefined)).toEqual([])
  })

  it.each(SYSTEMS)('has sane values for %s', (system) => {
    for (const row of report.results.filter((result) => result.system === system)) {
      const figures = Object.values(row.figures)
      expect(figures.length, row.work).toBeGreaterThan(0)
      expect(
        figures.every((figure) => Number.isFinite(figure)),
        row.work,
      ).toBe(true)
      expect(row.samples.length, row.work).toBeGreaterThan(0)
      if (!COUNTED.includes(row.work)) continue
      expect(row.n, row.work).toBe(400)
      expect(row.itemsPerSecond, row.work).toBeGreaterThan(0)
      expect(row.rssMb, row.work).toBeGreaterThan(10)
    }
  })

  it('says how long it takes to import each published package', () => {
    const imported = report.results.filter(({ work }) => work === 'import').map(({ system }) => system)
    expect(imported).toEqual(expect.arrayContaining(['@broadside/core', '@broadside/sqlite', 'pg-boss']))
  })

  it('describes the machine, and what was set out to be reached', () => {
    expect(report.machine.cores).toBeGreaterThan(0)
    expect(report.machine.disk.syncMs).toBeGreaterThan(0)
    expect(report.machine.postgres).toContain('fsync on')
    expect(report.targets.length).toBeGreaterThan(20)
    expect(text).toContain('broadside-postgres')
    expect(text).toContain('target')
  })
})
