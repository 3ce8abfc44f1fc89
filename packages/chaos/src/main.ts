import { randomInt } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ArgumentError, type Arguments, readArguments, USAGE } from './arguments.js'
import { openDatabase } from './database/open-database.js'
import { planOf, type StorageKind } from './plan.js'
import { summary, verdictLine } from './report.js'
import { runChaos } from './run-chaos.js'
import { StopRequest } from './stop-request.js'

const say = (line: string): void => void process.stderr.write(`${line}\n`)

/** True when nothing was found wrong. */
async function prove(storage: StorageKind, args: Arguments, signal: AbortSignal): Promise<boolean> {
  const { items, minutes, workers, storages, keep, seed = randomInt(2 ** 31) } = args
  const plan = planOf({ storage, items, workers, seed, durationMs: (minutes * 60_000) / storages.length })
  const directory = await mkdtemp(join(tmpdir(), `broadside-chaos-${storage}-`))
  say(`${storage}: ${items} items, ${workers} workers, seed ${seed}`)
  let isGood = false
  let isKept = keep
  try {
    const database = await openDatabase(storage, { directory, say })
    try {
      const result = await runChaos({ plan, database, directory, signal, say: (line) => say(`  ${line}`) })
      isGood = result.verdict.findings.length === 0
      isKept ||= !isGood
      say(summary(plan, result))
      process.stdout.write(`${verdictLine(plan, result)}\n`)
    } catch (error) {
      isKept ||= !signal.aborted
      throw error
    } finally {
      await database.stop()
    }
  } finally {
    if (isKept) say(`The evidence is in ${directory}`)
    else await rm(directory, { recursive: true, force: true })
  }
  return isGood
}

async function main(): Promise<number> {
  const args = readArguments(process.argv.slice(2))
  if (args === 'help') {
    process.stdout.write(`${USAGE}\n`)
    return 0
  }
  const stop = new StopRequest()
  let isGood = true
  try {
    for (const storage of args.storages) isGood = (await prove(storage, args, stop.signal)) && isGood
  } catch (error) {
    if (!stop.signal.aborted) throw error
    return stop.exitCode
  }
  return isGood ? 0 : 1
}

try {
  process.exit(await main())
} catch (error) {
  say(error instanceof ArgumentError ? `chaos: ${error.message}` : String(error instanceof Error ? error.stack : error))
  process.exit(1)
}
