import type { StorageLocation } from '../processes/open-storage.js'

/** How a database server goes down: `SIGQUIT` is Postgres' immediate shutdown, `SIGKILL` gives it no chance at all. */
export type StopSignal = 'SIGQUIT' | 'SIGKILL'

/** The database that a run is made on, and the harm that can be done to it. */
export interface DatabaseUnderTest {
  readonly location: StorageLocation
  /** Ends some of the connections that bear `name`, in the middle of whatever they do; resolves with how many. */
  terminate?(name: string): Promise<number>
  /** Stops the server and starts it again on what it left on the disk; resolves when it takes connections. */
  restart?(params: { readonly signal: StopSignal; readonly downMs: number }): Promise<void>
  /** Removes everything. Also in the middle of a restart. */
  stop(): Promise<void>
}
