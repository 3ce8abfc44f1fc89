import { ITEM_WORKS } from '../plan.js'
import type { Result } from '../result.js'
import { figure, ratioOf } from '../stats.js'
import { SYSTEM_NAMES } from '../systems/systems.js'
import { Findings } from './findings.js'
import { shown, tableLines, times } from './table.js'

/** All results, work by work. */
export function resultLines(results: readonly Result[]): readonly string[] {
  const findings = new Findings(results)
  return [
    ...ITEM_WORKS.flatMap((work) => itemWorkLines(findings, work)),
    ...figureLines(findings, 'idle', ['timers', 'cpuMsPerSecond', 'wakeUpsPerSecond']),
    ...figureLines(findings, 'first-send', ['ms', 'threeCommitsMs', 'moreMs']),
    ...figureLines(findings, 'preschedule', ['ms', 'preparingMs', 'longestBlockMs', 'delayP99Ms']),
    ...figureLines(findings, 'import', ['ms']),
    ...figureLines(findings, 'install', ['ms', 'megabytes', 'files']),
  ]
}

const ITEM_HEAD = [
  ...['system', 'way', 'items', 'Node', 'items/s', '× bare', '× best peer'],
  ...['MB', 'block ms', 'p99 ms', 'CPU µs', 'CPU × bare'],
]

function itemWorkLines(findings: Findings, work: string): readonly string[] {
  const rows = findings.all
    .filter((result) => result.work === work)
    .sort((a, b) => a.n - b.n || placeOf(a) - placeOf(b))
    .map((result) => itemRow(findings, result))
  return rows.length === 0 ? [] : ['', work, ...tableLines(ITEM_HEAD, rows)]
}

function itemRow(findings: Findings, result: Result): readonly string[] {
  const { system, variant, n, node, itemsPerSecond, rssMb, figures } = result
  const isOurs = system.startsWith('broadside-')
  return [
    system,
    variant,
    n.toLocaleString('en'),
    majorOf(node),
    shown(itemsPerSecond),
    times(isOurs ? ratioOf(result, findings.bareBeside(result)) : undefined),
    times(isOurs ? ratioOf(result, findings.bestPeerBeside(result)) : undefined),
    shown(rssMb),
    shown(figures.longestBlockMs),
    shown(figures.delayP99Ms),
    shown(figures.cpuMicrosPerItem),
    times(isOurs ? ratioOf(result, findings.bareBeside(result), figure('cpuMicrosPerItem')) : undefined),
  ]
}

/** The bare loop first, then what is over it. */
function placeOf({ system }: Result): number {
  const place = (SYSTEM_NAMES as readonly string[]).indexOf(system)
  return system.startsWith('bare-') ? place - 1.5 : place
}

/** Works that are not about a number of items: their figures as they are. */
function figureLines(findings: Findings, work: string, names: readonly string[]): readonly string[] {
  const results = findings.all.filter((result) => result.work === work).sort((a, b) => placeOf(a) - placeOf(b))
  if (results.length === 0) return []
  const hasMemory = results.some(({ rssMb }) => rssMb !== null)
  const head = ['system', 'way', 'Node', ...names, ...(hasMemory ? ['MB'] : [])]
  const rows = results.map(({ system, variant, node, figures, rssMb }) => [
    system,
    variant,
    majorOf(node),
    ...names.map((name) => shown(figures[name])),
    ...(hasMemory ? [shown(rssMb)] : []),
  ])
  return ['', work, ...tableLines(head, rows)]
}

function majorOf(node: string): string {
  return node.slice(1).split('.')[0] ?? ''
}
