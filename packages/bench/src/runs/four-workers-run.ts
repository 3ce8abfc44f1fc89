import { startStep } from '../child-process.js'
import type { Place } from '../place.js'
import type { SizePlan } from '../plan.js'
import type { Measured } from '../result.js'
import { infoOf } from '../systems/systems.js'
import { ONE_JOB } from '../task.js'
import { type Bench, takeDown, taskOf } from './bench.js'
import type { Contender } from './contenders.js'

const WORKERS = 4

export interface FourWorkersParams {
  readonly size: SizePlan
  readonly round: number
  readonly filled: ReadonlyMap<Contender, Place>
}

/** Four processes drain one job together. */
export async function runFourWorkers(
  bench: Bench,
  order: readonly Contender[],
  params: FourWorkersParams,
): Promise<void> {
  const { size, round, filled } = params
  for (const contender of order) {
    const { system, node } = contender
    const place = filled.get(contender)
    if (place === undefined || !infoOf(system).shares || !contender.works.includes('four-workers')) continue
    const key = { work: 'four-workers', system, variant: ONE_JOB, n: size.n, node: node.version, round }
    await takeDown(bench, key, async () => {
      const keeper = await bench.keeper(place.kind)
      const copy = (await keeper.copy(place)) ?? place
      await keeper.settle()
      const measured = await together(bench, contender, { place: copy, n: size.n })
      if (copy !== place) await keeper.drop(copy)
      return measured
    })
  }
}

async function together(
  bench: Bench,
  { system, node }: Contender,
  { place, n }: { readonly place: Place; readonly n: number },
): Promise<Measured> {
  const task = taskOf({ step: 'four-workers', system, place, variant: ONE_JOB, n })
  const workers = Array.from({ length: WORKERS }, () =>
    startStep(task, { execPath: node.execPath, signal: bench.signal }),
  )
  const shares = Promise.all(workers.map(({ measured }) => measured))
  shares.catch(() => undefined)
  await Promise.all(workers.map((worker) => worker.ready()))
  for (const worker of workers) worker.goOn()
  return summed(await shares, n)
}

/** From the moment the first began to the moment the last was done. */
function summed(shares: readonly Measured[], n: number): Measured {
  const each = (name: string): number[] => shares.map(({ figures }) => figures[name] ?? Number.NaN)
  const count = each('count').reduce((sum, share) => sum + share, 0)
  if (count !== n) throw new Error(`the workers have sent ${count} items, and not ${n}`)
  const seconds = (Math.max(...each('lastDoneAt')) - Math.min(...each('startedAt'))) / 1_000
  const largestShare = Math.max(...each('count')) / n
  const rssMb = Math.max(...shares.map(({ rssMb }) => rssMb ?? 0))
  return { itemsPerSecond: n / seconds, rssMb, figures: { seconds, largestShare } }
}
