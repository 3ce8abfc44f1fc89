/** A process of its own for one step of one system. Its only argument is the {@link Task}, as JSON. */
import type { Step } from './steps/step.js'
import { infoOf } from './systems/systems.js'
import type { Report, StepName, Task } from './task.js'

const STEP_MODULES: Readonly<Record<StepName, () => Promise<Step>>> = {
  prepare: async () => (await import('./steps/prepare.js')).prepare,
  ingest: async () => (await import('./steps/ingest.js')).ingest,
  drain: async () => (await import('./steps/drain.js')).drain,
  'end-to-end': async () => (await import('./steps/end-to-end.js')).endToEnd,
  'several-jobs': async () => (await import('./steps/several-jobs.js')).severalJobs,
  'four-workers': async () => (await import('./steps/four-workers.js')).fourWorkers,
  idle: async () => (await import('./steps/idle.js')).idle,
  'first-send': async () => (await import('./steps/first-send.js')).firstSend,
  preschedule: async () => (await import('./steps/preschedule.js')).preschedule,
}

/** Resolves when the report is out. */
function tell(report: Report): Promise<void> {
  return new Promise((resolve) => process.send?.(report, () => resolve()))
}

async function ready(): Promise<void> {
  const told = new Promise((resolve) => process.once('message', resolve))
  await tell({ type: 'ready' })
  await told
}

async function run(task: Task): Promise<void> {
  const step = await STEP_MODULES[task.step]()
  const { open } = await infoOf(task.system).load()
  const system = await open({ place: task.place, variant: task.variant })
  const measured = await step(system, task, { ready })
  await system.close()
  await tell({ type: 'measured', measured })
}

try {
  await run(JSON.parse(process.argv[2] ?? ''))
  process.exit(0)
} catch (error) {
  await tell({ type: 'failed', reason: error instanceof Error ? (error.stack ?? error.message) : String(error) })
  process.exit(1)
}
