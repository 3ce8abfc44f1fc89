import type { PlaceKind } from '../place.js'
import type { OpenSystem } from './system.js'

/** Systems that do the same work on the same kind of database take their turns in one round. */
export type Family = 'sqlite' | 'postgres' | 'memory'

export const FAMILIES: readonly Family[] = ['sqlite', 'postgres', 'memory']

export type SystemName = keyof typeof SYSTEMS

export interface SystemInfo {
  readonly family: Family
  readonly place: PlaceKind
  /** Broadside, the bare loop beside it, or somebody else's. */
  readonly kind: 'broadside' | 'bare' | 'peer'
  /** Ways to take people in; what the first has taken in is what is drained. */
  readonly ingests: readonly string[]
  /** Ways to send; the first is the fastest. */
  readonly drains: readonly string[]
  /** Several processes can drain one job or queue. */
  readonly shares: boolean
  /** Who makes its tables, where that is not the system itself. */
  readonly preparedBy?: 'broadside-sqlite' | 'broadside-postgres' | undefined
  /** The package, where it says which versions of Node it needs. */
  readonly package?: string | undefined
  /** The system's own module, which imports nothing of the others. */
  readonly load: () => Promise<{ readonly open: OpenSystem }>
}

/** With duplicates found, which is how Broadside takes people in. */
const DEDUPE = ['dedupe'] as const
const BROADSIDE_DRAINS = ['sendBatch', 'send', 'liquid'] as const
/** A bare loop sends to one after the other and to many at once alike. */
const BARE_DRAINS = ['sendBatch', 'liquid'] as const

export const SYSTEMS = {
  'broadside-sqlite': {
    family: 'sqlite',
    place: 'file',
    kind: 'broadside',
    ingests: DEDUPE,
    drains: BROADSIDE_DRAINS,
    shares: false,
    load: () => import('./broadside-sqlite.js'),
  },
  'bare-sqlite': {
    family: 'sqlite',
    place: 'file',
    kind: 'bare',
    preparedBy: 'broadside-sqlite',
    ingests: DEDUPE,
    drains: BARE_DRAINS,
    shares: false,
    load: () => import('./bare-sqlite.js'),
  },
  plainjob: {
    family: 'sqlite',
    place: 'file',
    kind: 'peer',
    package: 'plainjob',
    ingests: ['plain'],
    drains: ['worker'],
    shares: false,
    load: () => import('./plainjob.js'),
  },
  'broadside-postgres': {
    family: 'postgres',
    place: 'postgres',
    kind: 'broadside',
    ingests: DEDUPE,
    drains: BROADSIDE_DRAINS,
    shares: true,
    load: () => import('./broadside-postgres.js'),
  },
  'bare-postgres': {
    family: 'postgres',
    place: 'postgres',
    kind: 'bare',
    preparedBy: 'broadside-postgres',
    ingests: DEDUPE,
    drains: BARE_DRAINS,
    shares: true,
    load: () => import('./bare-postgres.js'),
  },
  'pg-boss': {
    family: 'postgres',
    place: 'postgres',
    kind: 'peer',
    package: 'pg-boss',
    ingests: ['plain', 'dedupe'],
    drains: ['fetch'],
    shares: true,
    load: () => import('./pg-boss.js'),
  },
  'graphile-worker': {
    family: 'postgres',
    place: 'postgres',
    kind: 'peer',
    package: 'graphile-worker',
    ingests: ['plain', 'dedupe'],
    drains: ['local queue'],
    shares: true,
    load: () => import('./graphile-worker.js'),
  },
  bullmq: {
    family: 'postgres',
    place: 'redis',
    kind: 'peer',
    package: 'bullmq',
    ingests: ['plain', 'dedupe'],
    drains: ['worker'],
    shares: false,
    load: () => import('./bullmq.js'),
  },
  'broadside-memory': {
    family: 'memory',
    place: 'memory',
    kind: 'broadside',
    ingests: DEDUPE,
    drains: BROADSIDE_DRAINS,
    shares: false,
    load: () => import('./broadside-memory.js'),
  },
  'bare-memory': {
    family: 'memory',
    place: 'memory',
    kind: 'bare',
    ingests: DEDUPE,
    drains: BARE_DRAINS,
    shares: false,
    load: () => import('./bare-memory.js'),
  },
} as const satisfies Readonly<Record<string, SystemInfo>>

export const SYSTEM_NAMES = Object.keys(SYSTEMS) as readonly SystemName[]

export function infoOf(name: SystemName): SystemInfo {
  return SYSTEMS[name]
}

export function systemsOf(family: Family): readonly SystemName[] {
  return SYSTEM_NAMES.filter((name) => infoOf(name).family === family)
}
