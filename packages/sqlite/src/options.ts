import { BroadsideError } from '@broadside/core'
import { type Tables, tablesOf } from './tables.js'
import { systemTimers, type Timers } from './timers.js'

export interface SqliteStorageOptions {
  /**
   * Several storages may have the file open, in one process or in several; all of them must say so. Default false: the
   * storage refuses to open a file that another has, and leases left by a process that died are ended at once.
   */
  readonly shared?: boolean | undefined
  /**
   * `full` (default): what a call has answered survives a power cut. `normal`: it survives the end of the process; the last
   * calls before a power cut may be lost, as a whole. Batches make `full` cheap.
   */
  readonly synchronous?: 'full' | 'normal' | undefined
  /** What the names of our tables begin with. Default `broadside_`. */
  readonly tablePrefix?: string | undefined
  /** How long a call waits while another connection holds the database, in ms. Default 10,000. */
  readonly busyLimitMs?: number | undefined
  /** How often a shared storage looks whether another has written, in ms; only while somebody listens. Default 250. */
  readonly pollIntervalMs?: number | undefined
  /** For tests: what passing time is measured and waited with. */
  readonly timers?: Timers | undefined
}

/** The options with their defaults filled in. */
export interface Settings {
  readonly shared: boolean
  readonly synchronous: 'full' | 'normal'
  readonly tables: Tables
  readonly busyLimitMs: number
  readonly pollIntervalMs: number
  readonly timers: Timers
}

const KNOWN = ['shared', 'synchronous', 'tablePrefix', 'busyLimitMs', 'pollIntervalMs', 'timers']

export function settingsOf(options: SqliteStorageOptions): Settings {
  const unknown = Object.keys(options).find((key) => !KNOWN.includes(key))
  if (unknown !== undefined) throw badOption(unknown, `is no option of sqliteStorage: there are ${KNOWN.join(', ')}`)
  const { synchronous } = options
  if (synchronous !== undefined && synchronous !== 'full' && synchronous !== 'normal') {
    throw badOption('synchronous', 'must be "full" or "normal"')
  }
  return {
    shared: options.shared ?? false,
    synchronous: options.synchronous ?? 'full',
    tables: tablesOf(options.tablePrefix ?? 'broadside_'),
    busyLimitMs: options.busyLimitMs ?? 10_000,
    pollIntervalMs: options.pollIntervalMs ?? 250,
    timers: options.timers ?? systemTimers,
  }
}

function badOption(name: string, message: string): BroadsideError {
  return new BroadsideError('INVALID_INPUT', `${name} ${message}.`, { issues: [{ path: [name], message }] })
}
