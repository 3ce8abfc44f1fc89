import { setTimeout as sleep } from 'node:timers/promises'
import { startStep } from '../child-process.js'
import { infoOf, SYSTEM_NAMES, type SystemName } from '../systems/systems.js'
import { DUE_TOMORROW, NOTHING_DUE } from '../task.js'
import { type Bench, takeDown, taskOf } from './bench.js'
import { nodeOf } from './contenders.js'

/** How long everything has to come to rest before anybody looks. */
const REST_MS = 1_500

interface Idler {
  readonly system: SystemName
  readonly variant: string
}

/** What engines do that have nothing to do; all at once, since they are in nobody's way. `bare-memory` does nothing: it is Node alone. */
export async function runIdle(bench: Bench): Promise<void> {
  const idlers = SYSTEM_NAMES.flatMap((system): Idler[] => {
    const { kind } = infoOf(system)
    if (kind === 'bare' && system !== 'bare-memory') return []
    const variants = kind === 'broadside' ? [NOTHING_DUE, DUE_TOMORROW] : [NOTHING_DUE]
    return variants.map((variant) => ({ system, variant }))
  })
  await Promise.all(idlers.map((idler) => watch(bench, idler)))
}

async function watch(bench: Bench, { system, variant }: Idler): Promise<void> {
  const node = nodeOf(bench, infoOf(system).family)
  await takeDown(bench, { work: 'idle', system, variant, n: 0, node: node.version, round: 1 }, async () => {
    const keeper = await bench.keeper(infoOf(system).place)
    const place = await keeper.make(system)
    const task = taskOf({ step: 'idle', system, place, variant })
    const idler = startStep(task, { execPath: node.execPath, signal: bench.signal })
    await idler.ready()
    await sleep(bench.plan.idleSeconds < 1 ? 100 : REST_MS)
    idler.goOn()
    await idler.ready()
    await sleep(bench.plan.idleSeconds * 1_000)
    idler.goOn()
    const measured = await idler.measured
    await keeper.drop(place)
    return measured
  })
}
