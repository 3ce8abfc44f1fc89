import { runStep } from '../child-process.js'
import type { NodeBinary } from '../node-versions.js'
import type { Place } from '../place.js'
import type { ItemWork, SizePlan } from '../plan.js'
import type { Measured } from '../result.js'
import { type Family, infoOf } from '../systems/systems.js'
import type { StepName } from '../task.js'
import { type Bench, makePlace, takeDown, taskOf } from './bench.js'
import { type Contender, contendersOf } from './contenders.js'
import { runFourWorkers } from './four-workers-run.js'

export interface RoundParams {
  readonly size: SizePlan
  readonly round: number
}

/** All works on items of one family, at one size: each system has its turn in each round, and the turns go round. */
export async function runItemWorks(bench: Bench, family: Family, size: SizePlan): Promise<void> {
  const contenders = contendersOf(bench, family)
  for (let round = 1; round <= size.rounds; round += 1) {
    const order = rotated(contenders, round)
    const params = { size, round }
    if (size.works.some((work) => ['ingest', 'drain', 'four-workers'].includes(work)))
      await runFlow(bench, order, params)
    for (const work of ['end-to-end', 'several-jobs'] as const) {
      if (size.works.includes(work)) await runAlone(bench, order, { ...params, work })
    }
  }
}

function rotated<Entry>(list: readonly Entry[], by: number): readonly Entry[] {
  const at = by % Math.max(list.length, 1)
  return [...list.slice(at), ...list.slice(0, at)]
}

/** What each system takes in is drained by it afterwards, each time from a copy. */
async function runFlow(bench: Bench, order: readonly Contender[], params: RoundParams): Promise<void> {
  const filled = new Map<Contender, Place>()
  for (const contender of order) await fill(bench, contender, { ...params, filled })
  const ways = new Set(order.flatMap(({ system }) => infoOf(system).drains))
  for (const way of params.size.works.includes('drain') ? ways : []) {
    if (params.size.drains?.includes(way) === false) continue
    for (const contender of order) {
      if (infoOf(contender.system).drains.includes(way)) await drain(bench, contender, { ...params, way, filled })
    }
  }
  if (params.size.works.includes('four-workers')) await runFourWorkers(bench, order, { ...params, filled })
  for (const [{ system }, place] of filled) await (await bench.keeper(infoOf(system).place)).drop(place)
}

interface FillParams extends RoundParams {
  readonly filled: Map<Contender, Place>
}

async function fill(bench: Bench, contender: Contender, { size, round, filled }: FillParams): Promise<void> {
  const { system, node } = contender
  if (!takesPart(contender, 'ingest', size) && !takesPart(contender, 'drain', size)) return
  for (const [at, variant] of infoOf(system).ingests.entries()) {
    const isWanted = size.works.includes('ingest')
    if (at > 0 && !isWanted) continue
    const key = { work: 'ingest', system, variant, n: size.n, node: node.version, round }
    await takeDown(bench, key, async () => {
      const { place, measured } = await stepOnNew(bench, contender, { step: 'ingest', variant, size })
      if (at === 0) filled.set(contender, place)
      else await (await bench.keeper(place.kind)).drop(place)
      return isWanted ? measured : undefined
    })
  }
}

interface DrainParams extends FillParams {
  readonly way: string
}

async function drain(bench: Bench, contender: Contender, { size, round, way, filled }: DrainParams): Promise<void> {
  const place = filled.get(contender)
  if (place === undefined || !takesPart(contender, 'drain', size) || !contender.ways.includes(way)) return
  const { system, node } = contender
  const key = { work: 'drain', system, variant: way, n: size.n, node: node.version, round }
  await takeDown(bench, key, async () => {
    const keeper = await bench.keeper(place.kind)
    const copy = await keeper.copy(place)
    const own = copy ?? (await keeper.make(system))
    await keeper.settle()
    const task = taskOf({ step: 'drain', system, variant: way, place: own, ...amountsOf(bench, size) })
    try {
      return await run(bench, node, { ...task, fill: copy === undefined })
    } finally {
      await keeper.drop(own)
    }
  })
}

interface AloneParams extends RoundParams {
  readonly work: ItemWork & StepName
}

/** A work that fills and drains in one process, on data of its own. */
async function runAlone(bench: Bench, order: readonly Contender[], { size, round, work }: AloneParams): Promise<void> {
  for (const contender of order) {
    if (!takesPart(contender, work, size)) continue
    const { system, node } = contender
    const [variant = ''] = infoOf(system).drains
    const key = { work, system, variant, n: size.n, node: node.version, round }
    await takeDown(bench, key, async () => {
      const { place, measured } = await stepOnNew(bench, contender, { step: work, variant, size })
      await (await bench.keeper(place.kind)).drop(place)
      return measured
    })
  }
}

interface StepParams {
  readonly step: StepName
  readonly variant: string
  readonly size: SizePlan
}

async function stepOnNew(bench: Bench, { system, node }: Contender, { step, variant, size }: StepParams) {
  const place = await makePlace(bench, system, { node, variant })
  await (await bench.keeper(place.kind)).settle()
  const task = taskOf({ step, system, variant, place, ...amountsOf(bench, size) })
  return { place, measured: await run(bench, node, task) }
}

function run(bench: Bench, { execPath }: NodeBinary, task: ReturnType<typeof taskOf>): Promise<Measured> {
  return runStep(task, { execPath, signal: bench.signal })
}

function amountsOf({ plan }: Bench, { n }: SizePlan): { readonly n: number; readonly warmUp: number } {
  return { n, warmUp: plan.warmUp }
}

function takesPart({ system, works }: Contender, work: ItemWork, { peerWorks }: SizePlan): boolean {
  if (!works.includes(work)) return false
  return infoOf(system).kind !== 'peer' || peerWorks === undefined || peerWorks.includes(work)
}
