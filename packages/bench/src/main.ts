import { writeFile } from 'node:fs/promises'
import { fetchNewerNode, type NodeBinary, PRESENT_NODE } from './node-versions.js'
import { HELP, type Options, optionsOf } from './options.js'
import { Servers } from './places/servers.js'
import { openWorkplace, type Workplace } from './places/workplace.js'
import { describeMachine } from './report/machine.js'
import { reportOf, reportText } from './report/report.js'
import { Results } from './results.js'
import type { Bench } from './runs/bench.js'
import { needsNewerNode } from './runs/contenders.js'
import { runAll } from './runs/run-all.js'

/** The exit code after Ctrl-C. */
const STOPPED = 130

const say = (line: string): void => void process.stderr.write(`${line}\n`)

/** Returns the exit code. Whatever happens, nothing is left behind. */
async function main(options: Options): Promise<number> {
  const abort = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => abort.abort(new Error(name)))
  const workplace = await openWorkplace(options.directory)
  const results = new Results()
  const servers = new Servers(workplace)
  try {
    await measure({ options, workplace, results, servers, signal: abort.signal })
    return abort.signal.aborted ? STOPPED : 0
  } catch (error) {
    if (!abort.signal.aborted) throw error
    return STOPPED
  } finally {
    await servers.stop()
    await workplace.remove()
  }
}

interface MeasureParams {
  readonly options: Options
  readonly workplace: Workplace
  readonly results: Results
  readonly servers: Servers
  readonly signal: AbortSignal
}

async function measure({ options, workplace, results, servers, signal }: MeasureParams): Promise<void> {
  const { plan, json } = options
  const newerNode = plan.fetchesNode ? await newerNodeIfNeeded(results, signal) : undefined
  const described = await describeMachine({ workplace, newerNode })
  const keeper = servers.keeper.bind(servers)
  const bench: Bench = { plan, results, workplace, signal, keeper, presentNode: PRESENT_NODE, newerNode, say }
  const startedAt = performance.now()
  await runAll(bench).catch((error: unknown) => {
    if (!signal.aborted) throw error
    say('Stopped: this is what was measured until then.')
  })
  const machine = { ...described, ...servers.descriptions }
  const report = reportOf({ machine, results: results.all, missing: results.missing })
  if (json !== undefined) await writeFile(json, `${JSON.stringify(report, null, 2)}\n`)
  process.stdout.write(reportText(report))
  say(`It took ${Math.round((performance.now() - startedAt) / 1_000)} seconds.`)
}

/** Peers are tried on this Node where no other is to be had. */
async function newerNodeIfNeeded(results: Results, signal: AbortSignal): Promise<NodeBinary | undefined> {
  if (!needsNewerNode('postgres', PRESENT_NODE)) return undefined
  say('Fetching a newer Node for the peers that ask for one.')
  try {
    return await fetchNewerNode(signal)
  } catch (error) {
    signal.throwIfAborted()
    const reason = `no newer Node to be had, so peers were tried on ${process.version}: ${String(error).split('\n')[0]}`
    results.miss({ system: 'node', works: ['all'], reason })
    return undefined
  }
}

let options: Options
try {
  options = optionsOf(process.argv.slice(2))
} catch (error) {
  say(`${error instanceof Error ? error.message : error}\n\n${HELP}`)
  process.exit(2)
}
if (options.help) process.stdout.write(HELP)
else {
  try {
    process.exit(await main(options))
  } catch (error) {
    say(error instanceof Error ? (error.stack ?? error.message) : String(error))
    process.exit(1)
  }
}
