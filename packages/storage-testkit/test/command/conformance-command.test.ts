import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import type { ConformanceReport } from '../../src/report/conformance-report.js'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const scratch = mkdtempSync(join(tmpdir(), 'conformance-command-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

interface Run {
  readonly child: ChildProcess
  readonly err: () => string
  readonly ended: Promise<{ readonly code: number | null; readonly out: string; readonly err: string }>
}

/** Starts the command as `npm run conformance` does, with `scratch` as the place for temporary files. */
function start(...args: readonly string[]): Run {
  const command = ['--import', 'tsx', 'scripts/conformance.ts', ...args]
  const env = { ...process.env, TSX_TSCONFIG_PATH: `${root}tsconfig.json`, TMPDIR: scratch }
  const child = spawn(process.execPath, command, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const texts = { out: '', err: '' }
  child.stdout.on('data', (chunk) => {
    texts.out += chunk
  })
  child.stderr.on('data', (chunk) => {
    texts.err += chunk
  })
  const ended = new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
    child.once('close', (code) => resolve({ code, ...texts }))
  })
  return { child, err: () => texts.err, ended }
}

const leftBehind = () => readdirSync(scratch).filter((name) => name.startsWith('broadside-'))

describe('npm run conformance', { timeout: 120_000 }, () => {
  it('prints the table, writes the reports and ends well', async () => {
    const json = join(scratch, 'reports.json')
    const { ended } = start(
      '--only',
      'memory',
      '--mutants-on',
      'none',
      '--model-runs',
      '2',
      '--seed',
      '9',
      '--json',
      json,
    )
    const { code, out, err } = await ended
    expect({ code, last: out.trimEnd().split('\n').at(-1) }).toMatchObject({
      code: 0,
      last: expect.stringMatching(/^OK {5}memory: \d+ held, \d+ skipped, 0 broken$/),
    })
    expect(out).toContain('2 agree, seed 9')
    expect(err).toMatch(/memory: cases (\d+) of \1\n/)
    const { reports } = JSON.parse(readFileSync(json, 'utf8')) as { reports: ConformanceReport[] }
    expect(reports.map(({ name, passed }) => ({ name, passed }))).toEqual([{ name: 'memory', passed: true }])
    expect(leftBehind()).toEqual([])
  })

  it.each([
    [['--nonsense'], "Unknown option '--nonsense'"],
    [['--only', 'mysql'], 'There is no adapter "mysql". There are: memory,'],
    [['--model-runs', 'many'], '--model-runs takes a whole number, not "many".'],
    [['--seed', '1.5'], '--seed takes a whole number, not "1.5".'],
  ])('refuses %s', async (args, message) => {
    const { code, out, err } = await start(...args).ended
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain(message)
  })

  it('tells of a variant that there is not', async () => {
    const { code, out } = await start('--only', 'sqlite a tape').ended
    expect(code).toBe(1)
    expect(out).toMatch(/^NOT OK sqlite: There is no such variant. There are: sqlite a file,/)
  })

  it('stops on a signal, and says how far it has come', async () => {
    const { child, err, ended } = start('--only', 'memory', '--mutants-on', 'none', '--model-runs', '1000000')
    const inTheModel = new Promise<void>((resolve) => {
      child.stderr?.on('data', () => /memory: cases (\d+) of \1\n/.test(err()) && resolve())
    })
    await inTheModel
    child.kill('SIGINT')
    const { code, out } = await ended
    expect(code).toBe(130)
    expect(out).toContain('not run')
    expect(out.trimEnd()).toMatch(/NOT OK memory: \d+ held, \d+ skipped, 0 broken, interrupted$/)
    expect(leftBehind()).toEqual([])
  })
})
