import { people } from '../people.js'
import type { System } from '../systems/system.js'
import { MAIN_QUEUE, type Task, WARM_UP_QUEUE } from '../task.js'

/** Takes people in; none of them may get lost, or a rate would say nothing. */
export async function ingestAll(system: System, queue: string, params: { count: number; seed: number }): Promise<void> {
  const added = await system.ingest(queue, people(params))
  if (added !== params.count) throw new Error(`${queue}: ${added} people are in, and not ${params.count}`)
}

export async function fillWarmUp(system: System, { warmUp, seed }: Task): Promise<void> {
  await ingestAll(system, WARM_UP_QUEUE, { count: warmUp, seed: seed + 1 })
}

/** Where data ends with the process, people are taken in by the process that is to send to them. */
export async function fillWhereEmpty(system: System, task: Task): Promise<void> {
  if (!task.fill) return
  await system.prepare([WARM_UP_QUEUE, MAIN_QUEUE])
  await fillWarmUp(system, task)
  await ingestAll(system, MAIN_QUEUE, { count: task.n, seed: task.seed })
}
