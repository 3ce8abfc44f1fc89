import { parseSendingState, type SendingWave } from '../domain/sending-state.js'
import { hasChampion, isInTestGroup, variantsFor } from '../domain/variant-assignment.js'
import { type Counters, ZERO_COUNTERS } from '../model/counters.js'
import type { Experiment } from '../model/experiment.js'
import type { ItemRecord } from '../storage/item-record.js'
import type { SendingRecord } from '../storage/sending-record.js'
import type { Storage } from '../storage/storage.js'
import { seqInWave } from '../storage/wave.js'
import { championChoices } from './champion-step.js'
import type { Pacer } from './pacer.js'

/** How the items of one variant stand. */
export interface VariantResult {
  readonly variant: string
  readonly counters: Counters
}

/** How the items of one experiment stand, variant by variant, in their order. */
export interface ExperimentResult {
  readonly experiment: string
  /** The variant picked for all who did not test it. */
  readonly champion?: string | undefined
  /** Of everybody who gets the variant; what waits for the champion is counted with none. */
  readonly variants: readonly VariantResult[]
  /** Of the test group alone; with `split-with-champion`. */
  readonly testGroup?: readonly VariantResult[] | undefined
}

export interface ResultsPorts {
  readonly storage: Storage
  readonly pacer: Pacer
}

const ITEMS_AT_ONCE = 1_000

/**
 * Counts the items of a sending by variant. Variants are not stored, so items are looked at: with `split` all of them, with `split-with-champion`
 * the waves of the test group, as all others get the champion.
 */
export async function experimentResults(
  { jobId, definition, state }: Pick<SendingRecord, 'jobId' | 'definition' | 'state'>,
  ports: ResultsPorts,
): Promise<ExperimentResult[]> {
  const { experiments = [] } = definition
  const stored = parseSendingState(state)
  const champions = championChoices(stored)
  const job = jobId === undefined ? undefined : await ports.storage.getJob(jobId)
  const tallies = experiments.map(() => new VariantTally())
  const tested = new VariantTally()
  if (jobId !== undefined && experiments.length > 0) {
    const isSplit = !experiments.some(hasChampion)
    const items = isSplit ? itemsIn({ jobId }, ports) : itemsOfWaves(jobId, testWavesOf(stored.waves), ports)
    for await (const { recipient, status } of items) {
      if (!isSplit && !isInTestGroup(experiments, recipient)) continue
      tested.add(ALL, status)
      variantsFor({ experiments, recipient }).forEach(({ variant }, i) => {
        tallies[i]?.add(variant.name, status)
      })
    }
  }
  const rest = countersLess(job?.counters ?? ZERO_COUNTERS, tested.countersOf(ALL))
  return experiments.map((experiment, i) => {
    const own = tallies[i]?.of(experiment) ?? []
    if (!hasChampion(experiment)) return { experiment: experiment.name, variants: own }
    const champion = champions.find((one) => one.experiment === experiment.name)?.variant
    const variants = own.map((one) =>
      one.variant === champion ? { ...one, counters: countersPlus(one.counters, rest) } : one,
    )
    return { experiment: experiment.name, champion, variants, testGroup: own }
  })
}

function testWavesOf(waves: readonly SendingWave[]): number[] {
  return waves.filter(({ group }) => group === 'test').map(({ wave }) => wave)
}

async function* itemsOfWaves(jobId: string, waves: readonly number[], ports: ResultsPorts): AsyncGenerator<ItemRecord> {
  // Items of a wave lie together.
  for (const wave of waves) yield* itemsIn({ jobId, from: seqInWave(wave, 0), before: seqInWave(wave + 1, 0) }, ports)
}

/** Items in the order of their `seq`, from one on and before another. */
async function* itemsIn(
  range: { readonly jobId: string; readonly from?: number; readonly before?: number },
  { storage, pacer }: ResultsPorts,
): AsyncGenerator<ItemRecord> {
  const { jobId, from, before = Number.POSITIVE_INFINITY } = range
  let after = from === undefined ? undefined : from - 1
  do {
    const page = await storage.listItems({ jobId, after, limit: ITEMS_AT_ONCE })
    for (const item of page.items) {
      if (item.seq >= before) return
      yield item
    }
    after = page.next
    if (pacer.isDue) await pacer.breathe()
  } while (after !== undefined && after < before)
}

/** The test group is counted a moment after the whole: what has gone on meanwhile makes nothing negative. */
function countersLess(all: Counters, some: Counters): Counters {
  return combined(all, some, (one, other) => Math.max(0, one - other))
}

function countersPlus(some: Counters, more: Counters): Counters {
  return combined(some, more, (one, other) => one + other)
}

function combined(a: Counters, b: Counters, combine: (one: number, other: number) => number): Counters {
  const counters = { ...ZERO_COUNTERS }
  for (const key of COUNTER_KEYS) counters[key] = combine(a[key], b[key])
  return counters
}

const COUNTER_KEYS = Object.keys(ZERO_COUNTERS) as (keyof Counters)[]
/** Tallied beside the variants. */
const ALL = ''

class VariantTally {
  readonly #counts = new Map<string, { -readonly [key in keyof Counters]: number }>()

  add(variant: string, status: Exclude<keyof Counters, 'received'>): void {
    const counters = this.#counts.get(variant) ?? { ...ZERO_COUNTERS }
    counters.received += 1
    counters[status] += 1
    this.#counts.set(variant, counters)
  }

  of({ variants }: Experiment): VariantResult[] {
    return variants.map(({ name }) => ({ variant: name, counters: this.countersOf(name) }))
  }

  countersOf(variant: string): Counters {
    return this.#counts.get(variant) ?? ZERO_COUNTERS
  }
}
