import { runStep } from '../child-process.js'
import { infoOf, SYSTEM_NAMES } from '../systems/systems.js'
import { FIRST_SEND } from '../task.js'
import { type Bench, takeDown, taskOf } from './bench.js'
import { nodeOf } from './contenders.js'

/** From `run` to the first send, on each of Broadside's storages. */
export async function runFirstSend(bench: Bench): Promise<void> {
  for (const system of SYSTEM_NAMES.filter((name) => infoOf(name).kind === 'broadside')) {
    const node = nodeOf(bench, infoOf(system).family)
    const n = bench.plan.firstSends
    const key = { work: 'first-send', system, variant: FIRST_SEND, n, node: node.version, round: 1 }
    await takeDown(bench, key, async () => {
      const keeper = await bench.keeper(infoOf(system).place)
      const place = await keeper.make(system)
      const task = taskOf({ step: 'first-send', system, place, variant: FIRST_SEND, n })
      const measured = await runStep(task, { execPath: node.execPath, signal: bench.signal })
      await keeper.drop(place)
      return measured
    })
  }
}
