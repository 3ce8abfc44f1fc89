import { runStep } from '../child-process.js'
import type { NodeBinary } from '../node-versions.js'
import type { Place, PlaceKind } from '../place.js'
import type { PlaceKeeper } from '../places/place-keeper.js'
import type { Workplace } from '../places/workplace.js'
import type { Plan } from '../plan.js'
import type { Measured, ResultKey } from '../result.js'
import type { Results } from '../results.js'
import { infoOf, type SystemName } from '../systems/systems.js'
import type { Task } from '../task.js'

/** What all runs share. */
export interface Bench {
  readonly plan: Plan
  readonly results: Results
  readonly workplace: Workplace
  readonly signal: AbortSignal
  /** Where systems of a kind keep their data; throws where there is no server for it. */
  readonly keeper: (kind: PlaceKind) => Promise<PlaceKeeper>
  /** What a family of systems runs on, and a newer Node that was fetched for peers. */
  readonly presentNode: NodeBinary
  readonly newerNode: NodeBinary | undefined
  /** Tells a person how far it is. */
  readonly say: (line: string) => void
}

/** Where the data of a system is, made by whoever makes its tables. */
export async function makePlace(
  bench: Bench,
  name: SystemName,
  params: { node: NodeBinary; variant: string },
): Promise<Place> {
  const { place: kind, preparedBy = name } = infoOf(name)
  const place = await (await bench.keeper(kind)).make(name)
  if (kind === 'memory') return place
  const task = taskOf({ step: 'prepare', system: preparedBy, place, variant: params.variant })
  await runStep(task, { execPath: params.node.execPath, signal: bench.signal })
  return place
}

export function taskOf(params: Pick<Task, 'step' | 'system' | 'place' | 'variant'> & Partial<Task>): Task {
  return { n: 0, warmUp: 0, seed: 1, fill: params.place.kind === 'memory', ...params }
}

/** Takes down what was measured, or why it could not be. A failure of one system does not end the others' run. */
export async function takeDown(
  bench: Bench,
  key: ResultKey & { readonly round: number },
  measure: () => Promise<Measured | undefined>,
): Promise<void> {
  const { round, ...result } = key
  try {
    const measured = await measure()
    if (measured === undefined) return
    bench.results.add(result, { ...measured, round })
    bench.say(lineOf(key, measured))
  } catch (error) {
    bench.signal.throwIfAborted()
    const reason = error instanceof Error ? error.message : String(error)
    bench.results.miss({ system: key.system, works: [key.work], reason: firstLine(reason) })
    bench.say(`${key.work} ${key.system} (${key.variant}): ${reason}`)
  }
}

function lineOf({ work, system, variant, n, round }: ResultKey & { round: number }, measured: Measured): string {
  const { itemsPerSecond, figures } = measured
  const rate = itemsPerSecond === null ? '' : `${Math.round(itemsPerSecond).toLocaleString('en')} items/s`
  const ms = figures.ms === undefined ? '' : `${figures.ms.toFixed(1)} ms`
  return `round ${round}: ${work} of ${n.toLocaleString('en')}, ${system} (${variant}) ${rate}${ms}`
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? text
}
