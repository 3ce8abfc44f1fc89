// npm run conformance: every storage adapter of this repository against the contract, and the kit's mutants.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { formatConformance } from '@broadside/storage-testkit'
import { type Checked, checkAll } from './conformance/check-all.js'
import { type ConformanceOptions, readOptions, USAGE } from './conformance/options.js'
import { ProgressLine } from './conformance/progress-line.js'

const INTERRUPTED = 130

/** A terminal tells the whole group, and those above this process tell it again: one Ctrl-C may come more than once. */
const RELAYED_MS = 1_000

/** Everything that the run leaves on the disk is made in here, whoever makes it. */
function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'broadside-conformance-'))
  // Postgres may run as another user, who has to get to its part.
  chmodSync(directory, 0o755)
  for (const name of ['TMPDIR', 'TEMP', 'TMP']) process.env[name] = directory
  return directory
}

function options(): ConformanceOptions {
  try {
    const given = readOptions(process.argv.slice(2))
    // To fail now, not after minutes.
    if (given.json !== undefined) writeFileSync(given.json, '')
    return given
  } catch (error) {
    process.stderr.write(
      `${error instanceof Error ? error.message : error}\nnpm run conformance -- --help says more.\n`,
    )
    process.exit(2)
  }
}

function result({ reports, unchecked }: Checked, { details }: ConformanceOptions): string {
  const table = reports.length === 0 ? '' : formatConformance(reports, { details })
  return [table, ...unchecked.map((line) => `NOT OK ${line}\n`)].join('')
}

let stoppedAt = Number.POSITIVE_INFINITY

function onSignal(stop: AbortController): void {
  if (!stop.signal.aborted) {
    stoppedAt = performance.now()
    process.stderr.write('\nStopping. Once more to end at once.\n')
    stop.abort()
  } else if (performance.now() - stoppedAt > RELAYED_MS) {
    process.exit(INTERRUPTED)
  }
}

async function main(): Promise<number> {
  const given = options()
  if (given.help) {
    process.stdout.write(USAGE)
    return 0
  }
  const directory = temporaryDirectory()
  const removed = () => rmSync(directory, { recursive: true, force: true, maxRetries: 3 })
  process.once('exit', removed)
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => onSignal(stop))
  const checked = await checkAll({ options: given, progress: new ProgressLine(), signal: stop.signal })
  if (given.json !== undefined) writeFileSync(given.json, `${JSON.stringify(checked, null, 2)}\n`)
  await new Promise((resolve) => process.stdout.write(result(checked, given), resolve))
  if (stop.signal.aborted) return INTERRUPTED
  return checked.unchecked.length === 0 && checked.reports.every(({ passed }) => passed) ? 0 : 1
}

// What a case that was given up left behind must not keep the process.
process.exit(await main())
