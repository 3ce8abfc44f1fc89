import { ITEM_WORKS, type OtherWork } from '../plan.js'
import type { Family } from '../systems/systems.js'
import type { Bench } from './bench.js'
import { runFirstSend } from './first-send-run.js'
import { runIdle } from './idle-run.js'
import { runImports } from './import-run.js'
import { runInstalls } from './install-run.js'
import { runItemWorks } from './item-run.js'
import { runPreschedule } from './preschedule-run.js'

const OTHER_RUNS: Readonly<Record<OtherWork, (bench: Bench) => Promise<void>>> = {
  idle: runIdle,
  'first-send': runFirstSend,
  preschedule: runPreschedule,
  import: runImports,
  install: runInstalls,
}

/** Everything that is planned. Families at the same size come one after the other, small sizes first. */
export async function runAll(bench: Bench): Promise<void> {
  const { sizes, otherWorks } = bench.plan
  for (const work of otherWorks) await OTHER_RUNS[work](bench)
  for (const family of Object.keys(sizes) as Family[]) {
    for (const size of sizes[family]) {
      if (size.works.some((work) => ITEM_WORKS.includes(work))) await runItemWorks(bench, family, size)
    }
  }
}
