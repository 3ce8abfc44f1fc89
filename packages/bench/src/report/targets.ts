import type { Result } from '../result.js'
import { figure, ratioOf } from '../stats.js'
import { Findings } from './findings.js'
import { shown, times } from './table.js'

/** What was set out to be reached. */
export interface Target {
  readonly what: string
  readonly wanted: string
  readonly seen: string
  /** `undefined` when it was not measured. */
  readonly isMet: boolean | undefined
}

const SMALL = 20_000
const MEMORY_BASE = 100_000
const MIDDLE = 200_000
const LARGE = 1_000_000
/** Its idle process has nothing in it. */
const NODE_ALONE = 'bare-memory'

export function targetsOf(results: readonly Result[]): readonly Target[] {
  const all = new Findings(results)
  return [...rateTargets(all), ...growthTargets(all), ...memoryTargets(all), ...loopTargets(all), ...quietTargets(all)]
}

function rateTargets(all: Findings): readonly Target[] {
  const sqliteDrain = (variant: string) => all.find({ work: 'drain', system: 'broadside-sqlite', variant, n: MIDDLE })
  const plainjob = all.find({ work: 'drain', system: 'plainjob', n: MIDDLE })
  const postgresDrain = all.find({ work: 'drain', system: 'broadside-postgres', variant: 'sendBatch', n: MIDDLE })
  const postgresIngest = all.find({ work: 'ingest', system: 'broadside-postgres', n: MIDDLE })
  const sqliteIngest = all.find({ work: 'ingest', system: 'broadside-sqlite', n: LARGE })
  const memoryDrain = all.find({ work: 'drain', system: 'broadside-memory', variant: 'sendBatch', n: MIDDLE })
  const bare = (result: Result | undefined) => result && all.bareBeside(result)
  const best = (result: Result | undefined) => result && all.bestPeerBeside(result)
  return [
    atLeast(
      'SQLite drain, sendBatch, 200 k, of the bare loop',
      0.6,
      ratioOf(sqliteDrain('sendBatch'), bare(sqliteDrain('sendBatch'))),
    ),
    atLeast('SQLite drain, sendBatch, 200 k, of plainjob', 12, ratioOf(sqliteDrain('sendBatch'), plainjob)),
    atLeast('SQLite drain, one send an item, 200 k, of plainjob', 6, ratioOf(sqliteDrain('send'), plainjob)),
    atLeast('SQLite ingest, 1 M, of the bare loop', 0.65, ratioOf(sqliteIngest, bare(sqliteIngest))),
    atLeast('Postgres drain, sendBatch, 200 k, of the bare loop', 0.7, ratioOf(postgresDrain, bare(postgresDrain))),
    atLeast('Postgres drain, sendBatch, 200 k, of the best peer', 4, ratioOf(postgresDrain, best(postgresDrain))),
    atLeast(
      'Postgres ingest, 200 k, of the best peer that finds duplicates',
      1,
      ratioOf(postgresIngest, best(postgresIngest)),
    ),
    atLeast('Memory drain, sendBatch, 200 k, of the bare loop', 0.3, ratioOf(memoryDrain, bare(memoryDrain))),
  ]
}

/** Cost per item at a million, in times of that at twenty thousand. */
function growthTargets(all: Findings): readonly Target[] {
  return ['sqlite', 'postgres', 'memory'].map((family) => {
    const at = (n: number) => all.find({ work: 'drain', system: `broadside-${family}`, variant: 'sendBatch', n })
    return atMost(
      `Cost per item at 1 M, of that at 20 k: drain, ${family}`,
      1.25,
      quotient(at(SMALL)?.itemsPerSecond, at(LARGE)?.itemsPerSecond),
    )
  })
}

function memoryTargets(all: Findings): readonly Target[] {
  return ['sqlite', 'postgres'].flatMap((family) =>
    (['ingest', 'drain'] as const).flatMap((work) => {
      const variant = work === 'ingest' ? 'dedupe' : 'sendBatch'
      const at = (n: number) => all.find({ work, system: `broadside-${family}`, variant, n })?.rssMb
      return [
        atMost(`Peak memory at 1 M, of that at 100 k: ${work}, ${family}`, 1.2, quotient(at(LARGE), at(MEMORY_BASE))),
        atMostOf(`Peak memory at 1 M: ${work}, ${family}`, { limit: 250, unit: 'MB' }, at(LARGE)),
      ]
    }),
  )
}

/** The worst of all ways and sizes that were measured. */
function loopTargets(all: Findings): readonly Target[] {
  return ['sqlite', 'postgres', 'memory'].flatMap((family) =>
    (['ingest', 'drain', 'preschedule'] as const).flatMap((work) => {
      const results = all.all.filter((result) => result.work === work && result.system === `broadside-${family}`)
      return [
        worstAtMost(
          `Longest block of the event loop: ${work}, ${family}`,
          { limit: 25, name: 'longestBlockMs' },
          results,
        ),
        worstAtMost(`99th percentile of its delay: ${work}, ${family}`, { limit: 15, name: 'delayP99Ms' }, results),
      ]
    }),
  )
}

function worstAtMost(
  what: string,
  { limit, name }: { limit: number; name: string },
  results: readonly Result[],
): Target {
  const measured = results.filter(({ figures }) => figures[name] !== undefined)
  const [worst] = measured.sort((a, b) => (b.figures[name] ?? 0) - (a.figures[name] ?? 0))
  const target = atMostOf(what, { limit, unit: 'ms' }, worst?.figures[name])
  return worst === undefined
    ? target
    : { ...target, seen: `${target.seen} (${worst.variant}, ${worst.n.toLocaleString('en')})` }
}

function quietTargets(all: Findings): readonly Target[] {
  const node = all.find({ work: 'idle', system: NODE_ALONE })?.figures
  const idle = ['sqlite', 'memory'].flatMap((family) => {
    const figures = all.find({ work: 'idle', system: `broadside-${family}`, variant: 'nothing due' })?.figures
    const more = difference(figures?.cpuMsPerSecond, node?.cpuMsPerSecond)
    return [
      atMostOf(`Idle engine, nothing due, timers: ${family}`, { limit: 0, unit: 'timers' }, figures?.timers),
      atMostOf(
        `Idle engine, nothing due, CPU more than Node alone: ${family}`,
        { limit: 0.2, unit: 'ms a second' },
        more,
      ),
    ]
  })
  const firstSend = all.find({ work: 'first-send', system: 'broadside-sqlite' })?.figures.moreMs
  const core = all.find({ work: 'import', system: '@broadside/core' })
  const boss = all.find({ work: 'import', system: 'pg-boss' })
  return [
    ...idle,
    atMostOf('From run to the first send, SQLite, more than three bare commits', { limit: 5, unit: 'ms' }, firstSend),
    atMost('Importing core, of importing pg-boss', 1, ratioOf(core, boss, figure('ms'))),
  ]
}

function atLeast(what: string, limit: number, ratio: number | undefined): Target {
  return {
    what,
    wanted: `at least ${times(limit)}`,
    seen: times(ratio),
    isMet: ratio === undefined ? undefined : ratio >= limit,
  }
}

function atMost(what: string, limit: number, ratio: number | undefined): Target {
  return {
    what,
    wanted: `at most ${times(limit)}`,
    seen: times(ratio),
    isMet: ratio === undefined ? undefined : ratio <= limit,
  }
}

interface Limit {
  readonly limit: number
  readonly unit: string
}

function atMostOf(what: string, { limit, unit }: Limit, value: number | undefined | null): Target {
  const seen = value === undefined || value === null ? undefined : value
  return {
    what,
    wanted: `at most ${limit} ${unit}`,
    seen: seen === undefined ? '' : `${shown(seen)} ${unit}`,
    isMet: seen === undefined ? undefined : seen <= limit,
  }
}

function quotient(above: number | undefined | null, below: number | undefined | null): number | undefined {
  return typeof above === 'number' && typeof below === 'number' ? above / below : undefined
}

function difference(of: number | undefined, less: number | undefined): number | undefined {
  return of === undefined || less === undefined ? undefined : Math.max(of - less, 0)
}
