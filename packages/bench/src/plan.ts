import { FAMILIES, type Family } from './systems/systems.js'

/** Works that go through a number of items, in the order in which they are done. */
export const ITEM_WORKS = ['ingest', 'drain', 'four-workers', 'end-to-end', 'several-jobs'] as const
/** Works that don't. */
export const OTHER_WORKS = ['idle', 'first-send', 'preschedule', 'import', 'install'] as const

export type ItemWork = (typeof ITEM_WORKS)[number]
export type OtherWork = (typeof OTHER_WORKS)[number]

/** What is done at one number of items. */
export interface SizePlan {
  readonly n: number
  readonly rounds: number
  readonly works: readonly ItemWork[]
  /** Of the ways to send, only these; all where absent. */
  readonly drains?: readonly string[] | undefined
  /** What peers take part in; everything where absent. */
  readonly peerWorks?: readonly ItemWork[] | undefined
}

/** Of sendings that are due at an instant, with so many recipients. */
export interface PreschedulePlan {
  readonly n: number
  readonly rounds: number
  /** The databases it is done on. */
  readonly families: readonly Family[]
}

export interface Plan {
  readonly name: 'short' | 'full' | 'tiny'
  readonly sizes: Readonly<Record<Family, readonly SizePlan[]>>
  readonly otherWorks: readonly OtherWork[]
  readonly warmUp: number
  readonly idleSeconds: number
  readonly firstSends: number
  readonly preschedule: PreschedulePlan
  readonly importRounds: number
  /** Whether a newer Node is fetched for peers that ask for one. */
  readonly fetchesNode: boolean
}

const FLOW: readonly ItemWork[] = ['ingest', 'drain']
/** The way of sending in which Broadside is fastest, beside what the peers have. */
const FASTEST = ['sendBatch', 'worker', 'fetch', 'local queue'] as const

/** What takes long and tells little more at this size is left to the whole run. */
const SHORT_WORKS: readonly ItemWork[] = ['ingest', 'drain', 'four-workers']

export const SHORT: Plan = {
  name: 'short',
  sizes: {
    sqlite: [
      { n: 20_000, rounds: 3, works: FLOW },
      { n: 200_000, rounds: 1, works: FLOW },
    ],
    postgres: [
      { n: 20_000, rounds: 1, works: SHORT_WORKS },
      { n: 200_000, rounds: 1, works: FLOW, drains: FASTEST },
    ],
    memory: [
      { n: 20_000, rounds: 2, works: FLOW },
      { n: 200_000, rounds: 1, works: FLOW },
    ],
  },
  otherWorks: ['idle', 'first-send', 'preschedule', 'import'],
  warmUp: 2_000,
  idleSeconds: 3,
  firstSends: 20,
  preschedule: { n: 5_000, rounds: 1, families: FAMILIES },
  importRounds: 5,
  fetchesNode: true,
}

const FULL_SIZES: readonly SizePlan[] = [
  { n: 20_000, rounds: 5, works: ITEM_WORKS },
  // For memory, which is compared with that of a million.
  { n: 100_000, rounds: 1, works: FLOW, drains: FASTEST, peerWorks: [] },
  { n: 200_000, rounds: 3, works: ITEM_WORKS },
  { n: 1_000_000, rounds: 1, works: ITEM_WORKS, peerWorks: ['ingest', 'drain', 'four-workers'] },
]

export const FULL: Plan = {
  ...SHORT,
  name: 'full',
  sizes: { sqlite: FULL_SIZES, postgres: FULL_SIZES, memory: FULL_SIZES },
  otherWorks: OTHER_WORKS,
  idleSeconds: 15,
  firstSends: 60,
  preschedule: { n: 100_000, rounds: 3, families: FAMILIES },
  importRounds: 21,
}

const TINY_SIZES: readonly SizePlan[] = [
  { n: 400, rounds: 1, works: ITEM_WORKS, peerWorks: ['ingest', 'drain', 'four-workers'] },
]

/** Shows that everything works, and how fast nothing is. */
export const TINY: Plan = {
  ...SHORT,
  name: 'tiny',
  sizes: { sqlite: TINY_SIZES, postgres: TINY_SIZES, memory: TINY_SIZES },
  warmUp: 50,
  idleSeconds: 0.3,
  firstSends: 2,
  preschedule: { n: 400, rounds: 1, families: FAMILIES },
  importRounds: 1,
  fetchesNode: false,
}
