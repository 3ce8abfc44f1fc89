import type { Harness } from '@broadside/storage-testkit'

/** Adapters that are started and stopped together. */
export interface Family {
  readonly name: string
  /** How many random runs a variant gets: as many as take seconds, not minutes. */
  readonly modelRuns: number
  start(): Promise<StartedFamily>
}

export interface StartedFamily {
  /** The harness of each variant, by its name: that of the family, and what tells it from the others. */
  readonly harnesses: Readonly<Record<string, Harness>>
  stop(): Promise<void>
}

/** Every adapter that `npm run conformance` knows. An adapter of yours goes here. */
export const FAMILIES: readonly Family[] = [
  { name: 'memory', modelRuns: 300, start: startMemory },
  { name: 'sqlite', modelRuns: 25, start: startSqlite },
  { name: 'postgres', modelRuns: 10, start: startPostgres },
  { name: 'custom-storage-adapter', modelRuns: 25, start: startExample },
]

async function startMemory(): Promise<StartedFamily> {
  const { harness } = await import('../../packages/memory/test/harness.js')
  return { harnesses: { memory: harness }, stop: async () => {} }
}

async function startSqlite(): Promise<StartedFamily> {
  const { harnesses, testDirectory } = await import('../../packages/sqlite/test/harnesses.js')
  const directory = testDirectory()
  const named = Object.entries(harnesses(directory)).map(([name, harness]) => [`sqlite ${name}`, harness] as const)
  return { harnesses: Object.fromEntries(named), stop: async () => directory.remove() }
}

async function startPostgres(): Promise<StartedFamily> {
  const { TestDatabase } = await withoutNewSignalListeners(() => import('../../packages/postgres/test/database.js'))
  const database = await TestDatabase.start()
  return {
    harnesses: {
      'postgres a connection string': database.onUrl,
      'postgres a pool': database.onPool(),
      'postgres a client': database.onClient,
    },
    stop: () => database.stop(),
  }
}

async function startExample(): Promise<StartedFamily> {
  const { harness } = await import('../../examples/custom-storage-adapter/test/harness.js')
  return { harnesses: { 'custom-storage-adapter': harness }, stop: async () => {} }
}

/** The package that starts Postgres ends the process on a signal, before this command could have cleaned up. */
async function withoutNewSignalListeners<T>(load: () => Promise<T>): Promise<T> {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  const before = new Set(signals.flatMap((signal) => process.listeners(signal)))
  const loaded = await load()
  for (const signal of signals) {
    for (const listener of process.listeners(signal)) if (!before.has(listener)) process.off(signal, listener)
  }
  return loaded
}
