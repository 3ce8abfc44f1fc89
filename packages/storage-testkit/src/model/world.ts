import type { SettleParams, Storage } from '@broadside/core'
import type { Harness } from '../harness.js'
import type { ModelJob } from './model-job.js'
import { isHeld, type ModelLease } from './model-lease.js'
import type { ModelSending } from './model-sending.js'

/** The storage under test and, beside it, what it should hold. */
export interface World {
  readonly harness: Harness
  /** The one that makes the next call. */
  storage: Storage
  /** The other one over the same data, where the harness joins one: the two take turns. */
  other: Storage | undefined
  /** The manual clock, in ms since the epoch. */
  now: number
  readonly jobs: ModelJob[]
  readonly sendings: ModelSending[]
  /** Every claim that was answered. */
  readonly leases: ModelLease[]
  /** Tokens that got nothing: nobody's word. */
  readonly emptyHanded: { readonly token: string; readonly job: ModelJob }[]
  /** Every settle that was made, for repeats. */
  readonly settles: { readonly job: ModelJob; readonly params: SettleParams }[]
  /** What happened, in words, for the report of a failure. */
  readonly trace: string[]
  minted: number
}

export async function openWorld(harness: Harness): Promise<World> {
  const storage = await harness.open()
  return {
    harness,
    storage,
    other: await harness.join?.(storage),
    now: 1_000_000,
    jobs: [],
    sendings: [],
    leases: [],
    emptyHanded: [],
    settles: [],
    trace: [],
    minted: 0,
  }
}

export async function closeWorld({ storage, other }: World): Promise<void> {
  await storage.close()
  await other?.close()
}

/** Lets the other engine make the next call. */
export function takeTurns(world: World): void {
  if (world.other) Object.assign(world, { storage: world.other, other: world.storage })
}

/** One of `list`, by any number; none of an empty list. */
export function pick<T>(list: readonly T[], number: number): T | undefined {
  return list[number % list.length]
}

/** One of the jobs; a deleted one rarely, while there are others. */
export function pickJob({ jobs }: World, number: number): ModelJob | undefined {
  const there = jobs.filter(({ deleted }) => !deleted)
  return number % 16 === 0 ? pick(jobs, number >> 4) : (pick(there, number >> 4) ?? pick(jobs, number))
}

/** One of the jobs of which `wanted` holds, mostly; otherwise any. */
export function seekJob(world: World, number: number, wanted: (job: ModelJob) => boolean): ModelJob | undefined {
  const found = number % 4 === 0 ? undefined : pick(world.jobs.filter(wanted), number >> 2)
  return found ?? pickJob(world, number)
}

/** A name that was not used before. */
export function mint(world: World, kind: string): string {
  world.minted += 1
  return `${kind}-${world.minted}`
}

export interface TokenHolder {
  readonly token: string
  readonly job: ModelJob
}

/** Which token a command uses: by number, the latest first; of those that hold something only, where there is one. */
export interface TokenChoice {
  readonly number: number
  readonly held: boolean
}

/** A token and its job; nearly always one that has held something. */
export function pickToken({ leases, emptyHanded }: World, { number, held }: TokenChoice): TokenHolder | undefined {
  const latestFirst = [...leases].reverse()
  const holding = held ? latestFirst.filter((lease) => isHeld(lease)) : []
  return pick(holding, number) ?? pick([...latestFirst, ...emptyHanded.slice(-2)], number)
}

export function leaseOf(world: World, token: string): ModelLease | undefined {
  return world.leases.find((lease) => lease.token === token)
}
