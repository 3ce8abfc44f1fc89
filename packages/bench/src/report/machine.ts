import { createRequire } from 'node:module'
import os from 'node:os'
import { manifestOf, type NodeBinary } from '../node-versions.js'
import { syncMs, type Workplace } from '../places/workplace.js'
import { PEER_PACKAGES } from '../runs/packages.js'
import { median } from '../stats.js'

/** What the figures were measured on. */
export interface Machine {
  readonly date: string
  readonly cpu: string
  readonly cores: number
  readonly memoryGb: number
  readonly system: string
  readonly node: string
  /** A newer Node, where peers were run on one. */
  readonly newerNode: string | undefined
  readonly sqlite: string
  readonly postgres: string | undefined
  readonly redis: string | undefined
  /** Where the databases were, and how long a small write takes to be durable there. */
  readonly disk: { readonly directory: string; readonly syncMs: number }
  /** How many processes wanted a core before anything was measured, over a minute. */
  readonly loadBefore: number
  readonly versions: Readonly<Record<string, string>>
}

export interface Surroundings {
  readonly workplace: Workplace
  readonly newerNode: NodeBinary | undefined
}

export async function describeMachine({ workplace, newerNode }: Surroundings): Promise<Machine> {
  return {
    date: new Date().toISOString(),
    cpu: os.cpus()[0]?.model ?? 'unknown',
    cores: os.availableParallelism(),
    memoryGb: Math.round(os.totalmem() / 1e9),
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    node: process.version,
    newerNode: newerNode?.version,
    sqlite: sqliteVersion(),
    postgres: undefined,
    redis: undefined,
    disk: { directory: workplace.directory, syncMs: await syncMs(workplace, median) },
    loadBefore: os.loadavg()[0] ?? 0,
    versions: Object.fromEntries(PACKAGES.map((name) => [name, manifestOf(name).version])),
  }
}

const PACKAGES = ['better-sqlite3', 'pg', ...PEER_PACKAGES]

function sqliteVersion(): string {
  const Database = createRequire(import.meta.url)('better-sqlite3')
  const database = new Database(':memory:')
  const version = database.prepare('select sqlite_version()').pluck().get()
  database.close()
  return String(version)
}

/** Below this a disk has hardly been waited for. */
const NO_SYNC_MS = 0.05

export function machineLines(machine: Machine): readonly string[] {
  const { disk } = machine
  const nodes = machine.newerNode
    ? `${machine.node}; peers that need it, and what is beside them: ${machine.newerNode}`
    : machine.node
  return [
    `${machine.date}`,
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, ${machine.system}`,
    `load before: ${machine.loadBefore.toFixed(1)}${machine.loadBefore > 0.5 ? ' (others were at work: believe ratios, not rates)' : ''}`,
    `Node ${nodes}`,
    `SQLite ${machine.sqlite}; Postgres ${machine.postgres ?? 'not started'}; Redis ${machine.redis ?? 'none'}`,
    `a write of 4 KB and fdatasync: ${disk.syncMs.toFixed(2)} ms${disk.syncMs < NO_SYNC_MS ? ' (too quick for a disk that is waited for)' : ''}`,
    Object.entries(machine.versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
  ]
}
