import { runStep } from '../child-process.js'
import { infoOf, SYSTEM_NAMES, type SystemName } from '../systems/systems.js'
import { NOT_PRESCHEDULED, PRESCHEDULED } from '../task.js'
import { type Bench, takeDown, taskOf } from './bench.js'
import { nodeOf } from './contenders.js'

/** From a sending's due instant to its first send, on each of Broadside's storages, with its items prepared ahead and without, in turns. */
export async function runPreschedule(bench: Bench): Promise<void> {
  const systems = SYSTEM_NAMES.filter((name) => infoOf(name).kind === 'broadside')
  for (let round = 1; round <= bench.plan.preschedule.rounds; round += 1) {
    for (const system of systems) {
      for (const variant of [NOT_PRESCHEDULED, PRESCHEDULED]) await scheduleOne(bench, { system, variant, round })
    }
  }
}

interface TurnParams {
  readonly system: SystemName
  readonly variant: string
  readonly round: number
}

async function scheduleOne(bench: Bench, { system, variant, round }: TurnParams): Promise<void> {
  const { families, n } = bench.plan.preschedule
  const { family, place: kind } = infoOf(system)
  if (!families.includes(family)) return
  const node = nodeOf(bench, family)
  await takeDown(bench, { work: 'preschedule', system, variant, n, node: node.version, round }, async () => {
    const keeper = await bench.keeper(kind)
    const place = await keeper.make(system)
    await keeper.settle()
    const { warmUp } = bench.plan
    const task = taskOf({ step: 'preschedule', system, place, variant, n, warmUp })
    const measured = await runStep(task, { execPath: node.execPath, signal: bench.signal })
    await keeper.drop(place)
    return measured
  })
}
